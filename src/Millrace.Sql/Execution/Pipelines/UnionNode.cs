using Millrace.Columnar;

namespace Millrace.Sql.Execution;

/// <summary>The rows of its inputs, one input after the other. All have the types of its schema in order.</summary>
public sealed class UnionNode(Schema schema, IReadOnlyList<PhysicalNode> inputs) : PhysicalNode(schema, inputs)
{
    public override string Name => "Union";
}
