"""How a message leaves the house: behind one small interface, every end told apart."""
