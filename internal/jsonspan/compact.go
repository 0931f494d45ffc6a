package jsonspan

// Compact hands JSON to write piece by piece, without the white space between its tokens. text must have been checked; what
// is no JSON is handed over as it is from the place on where that shows.
func Compact(text []byte, write func(piece []byte)) {
	start := 0
	for i := 0; i < len(text); {
		switch text[i] {
		case '"':
			if i = skipString(text, i+1); i < 0 {
				i = len(text)
			}
		case ' ', '\t', '\r', '\n':
			if start < i {
				write(text[start:i])
			}
			i++
			start = i
		default:
			i++
		}
	}
	if start < len(text) {
		write(text[start:])
	}
}
