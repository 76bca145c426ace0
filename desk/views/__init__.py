"""The pages over several rooms: the board and the flowsheet."""
