package work

import "time"

// ClassName names a class of service: how the cost of waiting runs over time.
type ClassName string

// The classes of service.
const (
	Standard   ClassName = ""           // each week of delay costs alike; more of it close to a due date, if there is one
	FixedDate  ClassName = "fixed_date" // next to nothing before its due date, all of it after
	SLA        ClassName = "sla"        // promised within the target from its creation
	Expedite   ClassName = "expedite"   // now, before all else that is worth as much
	Intangible ClassName = "intangible" // costs little today and more the longer it is left
)

// Class is the class of service of an item. The zero value is Standard.
type Class struct {
	Name   ClassName
	Target time.Duration // SLA only: from the creation to the promised end; 0: none was promised
}
