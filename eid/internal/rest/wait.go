package rest

import (
	"context"
	"errors"
	"regexp"
	"time"
)

// Wait says how long a person is waited for.
type Wait struct {
	// Poll is for how long the service may hold back the answer to one question. From
	// 1 to 120 seconds, what the services keep to; 30 s if it is zero.
	Poll time.Duration
	// Pause is the least time from one question to the next, whatever the service does:
	// 1 s if it is zero.
	Pause time.Duration
	// Limit is the time for everything, after which the caller hears "time_limit": 3
	// minutes if it is zero. The services themselves give up after about two.
	Limit time.Duration
}

// maxFaults is how many questions in a row may get no answer: a phone that is both
// the voter's network and the signer loses the network for a moment when it is used.
const maxFaults = 3

// Ready fills in what is zero and checks the rest.
func (w Wait) Ready(c *Client) (Wait, error) {
	for _, field := range []struct {
		value   *time.Duration
		instead time.Duration
	}{{&w.Poll, 30 * time.Second}, {&w.Pause, time.Second}, {&w.Limit, 3 * time.Minute}} {
		if *field.value == 0 {
			*field.value = field.instead
		}
	}
	if w.Poll < time.Second || w.Poll > 2*time.Minute || w.Pause < 0 || w.Limit < 0 {
		return w, c.Config("a time is out of its bounds")
	}
	return w, nil
}

// Within gives a context that ends with the limit.
func (w Wait) Within(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeoutCause(ctx, w.Limit, errLimit)
}

// sessionForm keeps a session's identifier one element of a path.
var sessionForm = regexp.MustCompile(`^[0-9A-Za-z-]{1,64}$`)

// Session reads the answer to a request that began a session.
func (c *Client) Session(answer []byte) (string, error) {
	var a struct {
		ID string `json:"sessionID"`
	}
	if err := c.Parse(answer, &a); err != nil {
		return "", err
	}
	if !sessionForm.MatchString(a.ID) {
		return "", c.Refuse(AnswerForm)
	}
	return a.ID, nil
}

// Await asks for the session at a path until read says that it is complete.
func (c *Client) Await(ctx context.Context, w Wait, read func(answer []byte) (complete bool, err error), path ...string) error {
	for faults := 0; ; {
		next := time.NewTimer(w.Pause)
		answer, err := c.get(ctx, w.Poll, path...)
		if CodeOf(err) == Unreachable.Code && faults < maxFaults {
			faults++
		} else if err != nil {
			return err
		} else if complete, err := read(answer); complete || err != nil {
			return err
		} else {
			faults = 0
		}
		select {
		case <-next.C:
		case <-ctx.Done():
			return c.interrupted(ctx)
		}
	}
}

// errState is of a session that is neither running nor complete.
var errState = errors.New("no state of a session")

// Complete says whether a session's state is that it is over.
func (c *Client) Complete(state string) (bool, error) {
	switch state {
	case "RUNNING":
		return false, nil
	case "COMPLETE":
		return true, nil
	}
	return false, c.fault(AnswerForm, errState)
}
