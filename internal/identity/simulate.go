package identity

import (
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/policy"
)

// source is a policy of a simulation, with what is needed to show where its statements are.
type source struct {
	typ      types.PolicySourceType
	document string
}

// simulation is a question to policies that need not be in force.
type simulation struct {
	policies  policy.Policies
	sources   map[string]source
	principal policy.Principal
	owner     string
	actions   []string
	resources []string
	context   policy.MapContext
}

// add compiles a policy of the input. Its name is shown as the source.
func (sim *simulation) add(kind policy.Kind, typ types.PolicySourceType, name, document string) (*policy.Policy, error) {
	p, err := policy.Compile(kind, name, []byte(document))
	if err != nil {
		return nil, invalidInput("The policy " + name + " can't be read: " + err.Error())
	}
	sim.sources[name] = source{typ, document}
	return p, nil
}

// input takes over what both operations have.
func (sim *simulation) input(policies, boundaries, actions, resources []string, resourcePolicy, owner *string, entries []types.ContextEntry) error {
	sim.actions, sim.resources, sim.owner = actions, resources, aws.ToString(owner)
	if len(resources) == 0 {
		sim.resources = []string{"*"}
	}
	if account, ok := strings.CutPrefix(sim.owner, "arn:aws:iam::"); ok {
		sim.owner, _, _ = strings.Cut(account, ":")
	}
	for i, document := range policies {
		p, err := sim.add(policy.Identity, types.PolicySourceTypeNone, "PolicyInputList."+strconv.Itoa(i+1), document)
		if err != nil {
			return err
		}
		sim.policies.Identity = append(sim.policies.Identity, p)
	}
	if len(boundaries) > 1 {
		return invalidInput("There can be one permissions boundary only.")
	}
	for _, document := range boundaries {
		p, err := sim.add(policy.Identity, types.PolicySourceTypeNone, "PermissionsBoundaryPolicyInputList.1", document)
		if err != nil {
			return err
		}
		sim.policies.Boundary = p
	}
	if resourcePolicy != nil {
		p, err := sim.add(policy.Resource, types.PolicySourceTypeResource, "ResourcePolicy", *resourcePolicy)
		if err != nil {
			return err
		}
		sim.policies.Resource = p
	}
	sim.context = policy.MapContext{}
	for _, e := range entries {
		sim.context[policy.Key(aws.ToString(e.ContextKeyName))] = e.ContextKeyValues
	}
	return nil
}

// ask asks for an action on a resource.
func (sim *simulation) ask(action, resource string) types.EvaluationResult {
	x := policy.Explain(&policy.Request{
		Need: policy.Need{Action: action, Resource: resource}, Principal: sim.principal, Owner: sim.owner, Context: sim.context,
	}, &sim.policies)
	result := types.EvaluationResult{
		EvalActionName: aws.String(action), EvalResourceName: aws.String(resource), EvalDecision: types.PolicyEvaluationDecisionTypeImplicitDeny,
		MatchedStatements: []types.Statement{}, MissingContextValues: append([]string{}, x.MissingKeys...),
	}
	switch {
	case x.Allowed:
		result.EvalDecision = types.PolicyEvaluationDecisionTypeAllowed
	case x.Denied:
		result.EvalDecision = types.PolicyEvaluationDecisionTypeExplicitDeny
	}
	for _, m := range x.Matches {
		from := sim.sources[m.Policy]
		result.MatchedStatements = append(result.MatchedStatements, types.Statement{
			SourcePolicyId: aws.String(m.Policy), SourcePolicyType: from.typ,
			StartPosition: position(from.document, m.Start), EndPosition: position(from.document, m.End),
		})
	}
	if sim.policies.Boundary != nil {
		result.PermissionsBoundaryDecisionDetail = &types.PermissionsBoundaryDecisionDetail{AllowedByPermissionsBoundary: x.Boundary == policy.Allows}
	}
	return result
}

// position is where a byte of a document is, counted from 1.
func position(document string, at int) *types.Position {
	before := document[:min(at, len(document))]
	line := strings.Count(before, "\n")
	return &types.Position{Line: int32(line + 1), Column: int32(len(before) - strings.LastIndexByte(before, '\n'))}
}

// evaluations is a page of the answers for each action on each resource. No others are worked out: one request can name
// millions.
func (sim *simulation) evaluations(marker *string, max *int32) (*page[types.EvaluationResult], error) {
	p, after, err := newPage[types.EvaluationResult](marker, max)
	if err != nil {
		return nil, err
	}
	i, all := 0, len(sim.actions)*len(sim.resources)
	if after != "" {
		if i, err = strconv.Atoi(after); err != nil || i < 0 || i >= all {
			return nil, validationError("Invalid Marker.")
		}
		i++
	}
	for ; i < all; i++ {
		if p.more = len(p.items) == p.max; p.more {
			break
		}
		p.add(strconv.Itoa(i), sim.ask(sim.actions[i/len(sim.resources)], sim.resources[i%len(sim.resources)]))
	}
	return p, nil
}

// simulateCustomPolicy decodes SimulateCustomPolicy.
func (s *Store) simulateCustomPolicy(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[iam.SimulateCustomPolicyInput](req, "PolicyInputList", "ActionNames")
	if err != nil {
		return nil, err
	}
	return s.read(req, "SimulateCustomPolicy", anything, func(v *view) (any, error) {
		sim := &simulation{sources: map[string]source{}}
		return sim.answer(in)
	})
}

// answer evaluates what in asks, with the policies that the simulation has already and those of in.
func (sim *simulation) answer(in *iam.SimulateCustomPolicyInput) (*iam.SimulateCustomPolicyOutput, error) {
	if err := sim.input(in.PolicyInputList, in.PermissionsBoundaryPolicyInputList, in.ActionNames, in.ResourceArns, in.ResourcePolicy,
		in.ResourceOwner, in.ContextEntries); err != nil {
		return nil, err
	}
	if err := sim.caller(in.CallerArn, in.ResourcePolicy); err != nil {
		return nil, err
	}
	p, err := sim.evaluations(in.Marker, in.MaxItems)
	if err != nil {
		return nil, err
	}
	return &iam.SimulateCustomPolicyOutput{EvaluationResults: p.items, IsTruncated: p.more, Marker: p.marker()}, nil
}

// caller sets who asks, which is a user: a resource's policy names principals.
func (sim *simulation) caller(arn, resourcePolicy *string) error {
	switch {
	case arn != nil:
		parts := strings.SplitN(*arn, ":", 6)
		if len(parts) < 6 || parts[2] != "iam" || !strings.HasPrefix(parts[5], "user/") {
			return invalidInput("Invalid caller ARN " + *arn + ". It must be that of a user.")
		}
		sim.principal = policy.Principal{Type: policy.User, ARN: *arn, Account: parts[4], Name: parts[5][strings.LastIndexByte(parts[5], '/')+1:]}
	case resourcePolicy != nil && sim.principal.ARN == "":
		return invalidInput("A resource-based policy needs a caller ARN.")
	}
	return nil
}

// simulatePrincipalPolicy decodes SimulatePrincipalPolicy: with the policies that a user, group or role has.
func (s *Store) simulatePrincipalPolicy(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[iam.SimulatePrincipalPolicyInput](req, "PolicySourceArn", "ActionNames")
	if err != nil {
		return nil, err
	}
	return s.read(req, "SimulatePrincipalPolicy", fixed(*in.PolicySourceArn), func(v *view) (any, error) {
		sim := &simulation{sources: map[string]source{}}
		if err := v.principalSource(sim, *in.PolicySourceArn); err != nil {
			return nil, err
		}
		out, err := sim.answer(&iam.SimulateCustomPolicyInput{ActionNames: in.ActionNames, PolicyInputList: in.PolicyInputList,
			PermissionsBoundaryPolicyInputList: in.PermissionsBoundaryPolicyInputList, ResourceArns: in.ResourceArns, ResourcePolicy: in.ResourcePolicy,
			ResourceOwner: in.ResourceOwner, ContextEntries: in.ContextEntries, CallerArn: in.CallerArn, Marker: in.Marker, MaxItems: in.MaxItems})
		if err != nil {
			return nil, err
		}
		return &iam.SimulatePrincipalPolicyOutput{EvaluationResults: out.EvaluationResults, IsTruncated: out.IsTruncated, Marker: out.Marker}, nil
	})
}

// principalSource adds the policies of the user, group or role with this ARN.
func (v *view) principalSource(sim *simulation, arn string) error {
	k, name, ok := v.holderOf(arn)
	if !ok {
		return invalidInput("Invalid Entity Arn: " + arn + " does not clearly define entity type and name.")
	}
	h, err := v.holder(k, name)
	if err != nil {
		return err
	}
	if h.base().arn(v.account, k) != arn {
		return notFound(k, name)
	}
	if err := v.sourcesOf(sim, k, h); err != nil {
		return err
	}
	u, ok := h.(*userRecord)
	if !ok {
		return nil
	}
	sim.principal = policy.Principal{Type: policy.User, ARN: arn, Account: v.account, ID: u.ID, Name: u.Name}
	for _, t := range u.Tags {
		sim.principal.Tags = append(sim.principal.Tags, policy.Tag(t))
	}
	for _, id := range u.Groups {
		g, err := byID[groupRecord](v, groupKind, id)
		if err != nil {
			return err
		}
		if g == nil {
			continue
		}
		if err := v.sourcesOf(sim, groupKind, g); err != nil {
			return err
		}
	}
	return nil
}

// holderOf is the kind and the name in the ARN of a user, group or role of the account.
func (v *view) holderOf(arn string) (k kind, name string, ok bool) {
	rest, ok := strings.CutPrefix(arn, "arn:aws:iam::"+v.account+":")
	typ, path, cut := strings.Cut(rest, "/")
	k = kind(typ)
	return k, path[strings.LastIndexByte(path, '/')+1:], ok && cut && (k == userKind || k == groupKind || k == roleKind)
}

// sourcesOf adds the policies of an entity, and its boundary.
func (v *view) sourcesOf(sim *simulation, k kind, h holder) error {
	g := h.held()
	for name, document := range g.Inline {
		p, err := sim.add(policy.Identity, types.PolicySourceType(k), string(k)+"_"+h.base().Name+"_"+name, document)
		if err != nil {
			return err
		}
		sim.policies.Identity = append(sim.policies.Identity, p)
	}
	managed := func(arn string) (*policy.Policy, error) {
		rec, err := v.policyOrNone(arn)
		if err != nil || rec == nil {
			return policy.Unreadable(arn), err
		}
		typ := types.PolicySourceTypeUserManaged
		if rec.aws {
			typ = types.PolicySourceTypeAwsManaged
		}
		return sim.add(policy.Identity, typ, rec.Name, rec.document())
	}
	for _, arn := range g.Attached {
		p, err := managed(arn)
		if err != nil {
			return err
		}
		sim.policies.Identity = append(sim.policies.Identity, p)
	}
	if g.Boundary == "" {
		return nil
	}
	var err error
	sim.policies.Boundary, err = managed(g.Boundary)
	return err
}

// getContextKeysForCustomPolicy decodes GetContextKeysForCustomPolicy.
func (s *Store) getContextKeysForCustomPolicy(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[iam.GetContextKeysForCustomPolicyInput](req, "PolicyInputList")
	if err != nil {
		return nil, err
	}
	return s.read(req, "GetContextKeysForCustomPolicy", anything, func(v *view) (any, error) {
		sim := &simulation{sources: map[string]source{}}
		if err := sim.input(in.PolicyInputList, nil, nil, nil, nil, nil, nil); err != nil {
			return nil, err
		}
		return &iam.GetContextKeysForCustomPolicyOutput{ContextKeyNames: append([]string{}, policy.ContextKeys(sim.policies.Identity...)...)}, nil
	})
}

// getContextKeysForPrincipalPolicy decodes GetContextKeysForPrincipalPolicy.
func (s *Store) getContextKeysForPrincipalPolicy(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[iam.GetContextKeysForPrincipalPolicyInput](req, "PolicySourceArn")
	if err != nil {
		return nil, err
	}
	return s.read(req, "GetContextKeysForPrincipalPolicy", fixed(*in.PolicySourceArn), func(v *view) (any, error) {
		sim := &simulation{sources: map[string]source{}}
		if err := v.principalSource(sim, *in.PolicySourceArn); err != nil {
			return nil, err
		}
		if err := sim.input(in.PolicyInputList, nil, nil, nil, nil, nil, nil); err != nil {
			return nil, err
		}
		return &iam.GetContextKeysForPrincipalPolicyOutput{ContextKeyNames: append([]string{}, policy.ContextKeys(sim.policies.Identity...)...)}, nil
	})
}
