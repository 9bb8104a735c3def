using Millrace.Columnar;

namespace Millrace.Sql.Execution;

/// <summary>Stands before what does not take columns encoded as <see cref="Dictionaries"/> says.</summary>
internal sealed class DecodingLane(LaneOperator output) : LaneOperator
{
    public override bool IsSatisfied => output.IsSatisfied;

    public override void Push(Chunk chunk)
    {
        using RecordBatch plain = Dictionaries.Decode(chunk.Rows);
        output.Push(chunk with { Rows = plain });
    }

    public override void Finish() => output.Finish();
}
