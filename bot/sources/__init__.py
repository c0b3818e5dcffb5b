"""Where dossiers come from: exports of the one-stop system as spreadsheets, its interface over HTTP, the sample. Names are dropped at the door."""
