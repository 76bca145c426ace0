"""The proof of the floor: a Hypothesis state machine over every act, judged by a naive oracle over the raw rows."""
