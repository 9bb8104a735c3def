namespace Millrace.Runtime;

/// <summary>Errors of metrics that are made of rows.</summary>
public static class RowMetricErrors
{
    public static readonly ErrorCode OtherType = new("MR4040", "A metric exists already with another type.", "Give one of them another name.");
    public static readonly ErrorCode NotRowByRow = new("MR4041", "A metric looks at more than one row at a time.", "Compute it in the query, and name the column here.");
}
