package batch

import "callback-completer/internal/callback"

// split returns the units of work as indexes into deliveries: each message group in its order, each delivery
// without a group on its own.
func split(deliveries []callback.Delivery) [][]int {
	units := make([][]int, 0, len(deliveries))
	alone := make([]int, len(deliveries))
	groups := map[string]int{}
	for i := range deliveries {
		d := &deliveries[i]
		if d.GroupID == "" {
			alone[i] = i
			units = append(units, alone[i:i+1:i+1])
			continue
		}
		at, ok := groups[d.GroupID]
		if !ok {
			at = len(units)
			groups[d.GroupID] = at
			units = append(units, nil)
		}
		units[at] = append(units[at], i)
	}
	return units
}
