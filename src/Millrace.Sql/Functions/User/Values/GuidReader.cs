using Millrace.Columnar;
using Millrace.Sql.Execution;

namespace Millrace.Sql.Functions;

internal sealed class GuidReader : ValueReader<Guid>
{
    private FixedBinaryColumn? _column;

    public override void Bind(Vector vector)
    {
        base.Bind(vector);
        _column = (FixedBinaryColumn)vector.Column;
    }

    public override Guid Get(int row) => new(_column![row * Step], bigEndian: true);
}
