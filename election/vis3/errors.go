package vis3

import (
	"fmt"
	"regexp"
)

// Error is a fault of a file.
type Error struct {
	File   string // which of the formats
	Line   int    // from 1
	Detail string
}

func (e *Error) Error() string {
	return fmt.Sprintf("vis3: %s, line %d: %s", e.File, e.Line, e.Detail)
}

var (
	electionID = regexp.MustCompile(`^[A-Za-z0-9_]{1,28}$`)
	districtID = regexp.MustCompile(`^[0-9]{4}\.[0-9]{1,2}$`)
	choiceCode = regexp.MustCompile(`^[0-9]{4}\.[0-9]{3,4}$`)
	ehakCode   = regexp.MustCompile(`^[0-9]{4}$`)
	parishCode = regexp.MustCompile(`^([0-9]{4}|FOREIGN)$`)
)
