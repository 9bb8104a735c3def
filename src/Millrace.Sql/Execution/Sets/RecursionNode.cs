using Millrace.Columnar;

namespace Millrace.Sql.Execution;

/// <summary><c>WITH RECURSIVE</c>: the rows of the base, and those that the step makes of the rows of the round before, until there are none.</summary>
public sealed class RecursionNode : SourceNode
{
    /// <param name="schema">Of what comes out.</param>
    /// <param name="start">Where it begins.</param>
    /// <param name="step">What is repeated; it reads a <see cref="WorkTableNode"/> of the same identity.</param>
    /// <param name="distinct">Whether rows that were seen are left out.</param>
    /// <param name="work">Identity of the work table.</param>
    public RecursionNode(Schema schema, PhysicalNode start, PhysicalNode step, bool distinct, object work)
        : base(schema, start, step) => (Distinct, Work) = (distinct, work);

    public bool Distinct { get; }

    public object Work { get; }

    public override string Name => "Recursion";

    public override string Details => Distinct ? "distinct" : "";

    public override ValueTask<IBatchSource> OpenAsync(QueryContext context) => new(new RecursionSource(this, context));
}
