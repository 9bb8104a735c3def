namespace Millrace.Sql.Execution;

/// <summary>Some of the input's rows by their number, in the order of the input's parts. Lanes below it end when there are enough.</summary>
public sealed class LimitNode(PhysicalNode input, long limit, long offset) : PhysicalNode(input.Schema, input)
{
    /// <summary>Most rows.</summary>
    public long Limit => limit;

    /// <summary>Rows left out before them.</summary>
    public long Offset => offset;

    public override string Name => "Limit";

    public override string Details => (limit == long.MaxValue, offset) switch
    {
        (false, 0) => $"{limit}",
        (true, _) => $"offset {offset}",
        _ => $"{limit} offset {offset}",
    };
}
