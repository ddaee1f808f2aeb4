"""HTTP and nothing but HTTP: parse, call one service, answer."""
