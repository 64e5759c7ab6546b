package costexplorer

import (
	"github.com/aws/aws-sdk-go-v2/service/costexplorer"

	"github.com/statordb/stator/internal/awsapi"
)

// getCostAndUsageWithResources decodes GetCostAndUsageWithResources, which can also ask for tables by their ARNs.
func (s *Service) getCostAndUsageWithResources(req *awsapi.Request) (awsapi.Call, error) {
	in := &costexplorer.GetCostAndUsageWithResourcesInput{}
	if err := req.Read(in); err != nil {
		return nil, err
	}
	if in.Filter == nil {
		return nil, invalid("Filter is required")
	}
	return s.usage(req, "GetCostAndUsageWithResources", &costexplorer.GetCostAndUsageInput{
		Filter: in.Filter, Granularity: in.Granularity, GroupBy: in.GroupBy, Metrics: in.Metrics, NextPageToken: in.NextPageToken,
		TimePeriod: in.TimePeriod,
	})
}
