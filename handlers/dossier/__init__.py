"""Dossiers under way: reading a code, telling where it stands, watching it, helping to pay for it."""
