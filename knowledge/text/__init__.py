"""Vietnamese text as people really type it: normalising, folding, decoding, shorthand, spelling, aspects, masking."""
