package rig

import (
	"fmt"
	"strings"
	"testing/synctest"
)

// Task is one waiting state.
type Task struct{ Execution, Token string }

// Tasks starts n executions.
func (r *Rig) Tasks(n int) []Task {
	r.T.Helper()
	tasks := make([]Task, n)
	for i := range tasks {
		tasks[i].Execution, tasks[i].Token = r.Start()
	}
	return tasks
}

// Stop aborts an execution while nothing is under way. In the very instant of an answer, the answer can close the task and
// the stop still end the execution, so that its history shows neither.
func (r *Rig) Stop(t Task) error {
	synctest.Wait()
	return r.Stack.StepFunctions.StopExecution(t.Execution, "", "")
}

// Closings returns how each task was closed, as the history of its execution shows it: "output …", "error … …", "timed
// out", or nothing. A task that was closed more than once is an error.
func (r *Rig) Closings(tasks []Task) ([]string, error) {
	all := make([]string, len(tasks))
	for i, t := range tasks {
		history, err := r.Stack.StepFunctions.History(t.Execution)
		if err != nil {
			return nil, err
		}
		var ends []string
		for _, e := range history {
			switch {
			case e.TaskSucceeded != nil:
				ends = append(ends, "output "+e.TaskSucceeded.Output)
			case e.TaskFailed != nil:
				ends = append(ends, "error "+e.TaskFailed.Error+" "+e.TaskFailed.Cause)
			case e.TaskTimedOut != nil:
				ends = append(ends, "timed out")
			}
		}
		if len(ends) > 1 {
			return nil, fmt.Errorf("task %d was closed more than once: %q", i, ends)
		}
		all[i] = strings.Join(ends, "")
	}
	return all, nil
}
