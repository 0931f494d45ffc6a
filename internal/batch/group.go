package batch

import "callback-completer/internal/callback"

// split returns the units of work as indexes into deliveries: each message group in its order, each delivery
// without a group on its own.
func split(deliveries []callback.Delivery) [][]int {
	units := make([][]int, 0, len(deliveries))
	groups := map[string]int{}
	for i, d := range deliveries {
		if d.GroupID == "" {
			units = append(units, []int{i})
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
