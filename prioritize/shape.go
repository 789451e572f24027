package prioritize

// Shape says how a model makes the figure that orders out of the points of the
// parts.
type Shape int

// The shapes. The points of a product are those by which each part in turn
// raises or lowers the product of those before it.
const (
	Quotient Shape = iota // the sum of the points, times urgency, divided by work
	Sum                   // the sum of the points
	Product               // the product of the parts, divided by work
)

// Shape gives the shape of the engine's model.
func (e *Engine) Shape() Shape { return shapeOf(e.model) }

func shapeOf(m model) Shape {
	switch m := m.(type) {
	case moscow:
		return shapeOf(m.inside)
	case weighted, taskwarrior:
		return Sum
	case rice, ice:
		return Product
	}
	return Quotient
}
