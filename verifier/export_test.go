package verifier

// VerifyWithout verifies a finished record as if one check could not fail. It
// still reads what later checks rest on.
func VerifyWithout(in Input, id string) *Report {
	all := checks()
	for i := range all {
		if all[i].id == id {
			run := all[i].run
			all[i].run = func(s *State) (int, error) {
				n, _ := run(s)
				return n, nil
			}
		}
	}
	return newState(in, Finished).runAll(all)
}

// Check is what tests see of a check.
type Check struct {
	ID, Title string
	Stage     Stage
	Needs     []string
}

// Checks lists all checks in their order.
func Checks() []Check {
	var list []Check
	for _, c := range checks() {
		list = append(list, Check{c.id, c.title, c.stage, c.needs})
	}
	return list
}
