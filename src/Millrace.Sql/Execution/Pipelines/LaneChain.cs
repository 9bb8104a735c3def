using Millrace.Columnar;

namespace Millrace.Sql.Execution;

/// <summary>
/// The operators of a pipeline in one lane, and what the lane does with them: reads sources into heads of chains, and finishes
/// operators. Behind a union, the chains of its inputs lead through gates into one operator, which is finished after the last.
/// </summary>
internal sealed class LaneChain : IDisposable
{
    private readonly List<LaneOperator> _operators = [];
    private readonly List<LaneStep> _steps = [];

    /// <summary>In the order in which they are to be done.</summary>
    public IReadOnlyList<LaneStep> Steps => _steps;

    /// <summary>Keeps an operator until the lane ends.</summary>
    public LaneOperator Own(LaneOperator op)
    {
        _operators.Add(op);
        return op;
    }

    public void Read(PartFeed feed, LaneOperator head) => _steps.Add(new LaneStep(feed, head));

    public void Finish(LaneOperator head) => _steps.Add(new LaneStep(null, head));

    public void Dispose()
    {
        for (int i = _operators.Count - 1; i >= 0; i--)
        {
            _operators[i].Dispose();
        }

        _operators.Clear();
    }
}

/// <param name="Feed">What is read into the operator before it is finished; null for nothing.</param>
/// <param name="Head">The first operator of a chain.</param>
internal readonly record struct LaneStep(PartFeed? Feed, LaneOperator Head);

/// <summary>Lets the rows of one of several inputs through and keeps its end back.</summary>
internal sealed class UnionGate(Schema schema, LaneOperator output) : LaneOperator
{
    public override bool IsSatisfied => output.IsSatisfied;

    // Inputs agree in types; the names are the union's.
    public override void Push(Chunk chunk)
    {
        using RecordBatch renamed = new(schema, chunk.Rows.Length, [.. chunk.Rows.Columns.Select(c => c.Share())]);
        output.Push(new Chunk(renamed, chunk.Part));
    }

    public override void Finish()
    {
    }
}
