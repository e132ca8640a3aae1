package load

import (
	"fmt"
	"io"
	"maps"
	"runtime"
	"slices"
	"time"
)

// Report is what a run has found.
type Report struct {
	Rate     float64       // ballots a second that were due
	Took     time.Duration // from the first ballot to the last answer
	Sent     int
	Receipts int
	Refusals map[string]int  // by code
	Pause    time.Duration   // the shortest that a refusal asks for, if one does
	Errors   []error         // answers that are neither receipt nor refusal, the first few
	Failed   int             // how many there were
	Times    []time.Duration // of receipts, from when the ballot was due; sorted
	Shed     []time.Duration // of refusals, the same
}

const fewErrors = 5

func newReport(rate float64, took time.Duration, outcomes []outcome) *Report {
	r := &Report{Rate: rate, Took: took, Sent: len(outcomes), Refusals: map[string]int{}}
	for _, o := range outcomes {
		switch {
		case o.err != nil:
			if r.Failed++; len(r.Errors) < fewErrors {
				r.Errors = append(r.Errors, o.err)
			}
		case o.code != "":
			r.Refusals[o.code]++
			r.Shed = append(r.Shed, o.latency)
			if o.retry > 0 && (r.Pause == 0 || o.retry < r.Pause) {
				r.Pause = o.retry
			}
		default:
			r.Receipts++
			r.Times = append(r.Times, o.latency)
		}
	}
	slices.Sort(r.Times)
	slices.Sort(r.Shed)
	return r
}

// Throughput is how many receipts were given in a second.
func (r *Report) Throughput() float64 { return float64(r.Receipts) / r.Took.Seconds() }

// Quantile is the time within which so many in a hundred of the receipts came.
func (r *Report) Quantile(percent float64) time.Duration { return quantile(r.Times, percent) }

func quantile(sorted []time.Duration, percent float64) time.Duration {
	if len(sorted) == 0 {
		return 0
	}
	i := int(percent/100*float64(len(sorted))+0.5) - 1
	return sorted[min(max(i, 0), len(sorted)-1)]
}

// Print writes the report for a person.
func (r *Report) Print(w io.Writer) {
	fmt.Fprintf(w, "%d ballots in %.1f s on %d cores, %.1f a second due\n", r.Sent, r.Took.Seconds(), runtime.GOMAXPROCS(0), r.Rate)
	fmt.Fprintf(w, "  receipts  %d, %.1f a second; after p50 %s, p90 %s, p99 %s, at most %s\n", r.Receipts, r.Throughput(),
		short(r.Quantile(50)), short(r.Quantile(90)), short(r.Quantile(99)), short(r.Quantile(100)))
	for _, code := range slices.Sorted(maps.Keys(r.Refusals)) {
		fmt.Fprintf(w, "  refused   %d as %s\n", r.Refusals[code], code)
	}
	if len(r.Shed) > 0 {
		fmt.Fprintf(w, "            after p50 %s, p99 %s; come again after %s or later\n", short(quantile(r.Shed, 50)), short(quantile(r.Shed, 99)), short(r.Pause))
	}
	fmt.Fprintf(w, "  errors    %d\n", r.Failed)
	for _, err := range r.Errors {
		fmt.Fprintln(w, "    ", err)
	}
}

func short(d time.Duration) string { return d.Round(time.Millisecond).String() }

func cores() int { return runtime.GOMAXPROCS(0) }
