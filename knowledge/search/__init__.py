"""From a question to ranked procedures and a decision: answer, ask back, send elsewhere, or refuse."""
