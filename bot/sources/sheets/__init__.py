"""Files into rows of cells. What reads a stranger's file runs in a child process; `process.rows` is the way in."""
