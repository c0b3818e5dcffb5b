"""What every page of the server shares: rendering, style sheet, script, security headers, and the words of the opening hours."""
