package stepfunctions

import "context"

type taskInput struct {
	TaskToken *string `json:"taskToken"`
	Output    *string `json:"output"`
	Error     *string `json:"error"`
	Cause     *string `json:"cause"`
}

func (s *Service) opSendTaskSuccess(_ context.Context, in taskInput) (empty, error) {
	if err := present(requiredMember{"taskToken", in.TaskToken}, requiredMember{"output", in.Output}); err != nil {
		return empty{}, err
	}
	return empty{}, s.SendTaskSuccess(*in.TaskToken, *in.Output)
}

func (s *Service) opSendTaskFailure(_ context.Context, in taskInput) (empty, error) {
	if err := present(requiredMember{"taskToken", in.TaskToken}); err != nil {
		return empty{}, err
	}
	return empty{}, s.SendTaskFailure(*in.TaskToken, value(in.Error), value(in.Cause))
}

func (s *Service) opSendTaskHeartbeat(_ context.Context, in taskInput) (empty, error) {
	if err := present(requiredMember{"taskToken", in.TaskToken}); err != nil {
		return empty{}, err
	}
	return empty{}, s.SendTaskHeartbeat(*in.TaskToken)
}
