package trellosim

// baseColors are the colours of labels; each has a _light and a _dark variant.
func baseColors() []string {
	return []string{"green", "yellow", "orange", "red", "purple", "blue", "sky", "lime", "pink", "black"}
}
