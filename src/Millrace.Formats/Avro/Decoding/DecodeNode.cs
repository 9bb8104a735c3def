using Millrace.Columnar;

namespace Millrace.Formats.Avro;

/// <summary>
/// One step of a decode plan. It reads one value of the writer's type and appends exactly one row to its builder, or, for a
/// value that is not wanted, to none. Plans are made once by <see cref="DecodePlanner"/>; a call per value and no look-up by
/// name is what remains at run time.
/// </summary>
internal abstract class DecodeNode
{
    public abstract void Decode(ref AvroCursor cursor);

    /// <summary>The node for a union of this value and null in one step, if there is one.</summary>
    /// <param name="valueBranch">Which of the two branches is the value.</param>
    public virtual DecodeNode? OrNull(int valueBranch) => null;
}

/// <summary>Appends a null and reads nothing.</summary>
internal sealed class NullNode(ColumnBuilder builder) : DecodeNode
{
    public override void Decode(ref AvroCursor cursor) => builder.AppendNull();
}

/// <summary>Reads a record's fields in the writer's order; those that only the reader has come last.</summary>
internal sealed class RecordNode(DecodeNode[] fields, StructBuilder? builder) : DecodeNode
{
    public override void Decode(ref AvroCursor cursor)
    {
        foreach (DecodeNode field in fields)
        {
            field.Decode(ref cursor);
        }

        builder?.AppendRow();
    }
}

/// <summary>Reads the branch's index and goes on with its node.</summary>
internal sealed class UnionNode(DecodeNode[] branches) : DecodeNode
{
    public override void Decode(ref AvroCursor cursor) => branches[cursor.ReadIndex(branches.Length)].Decode(ref cursor);
}

/// <summary>A value of one branch of a union that became a struct: the other branches are null.</summary>
internal sealed class UnionBranchNode(DecodeNode value, StructBuilder builder, int branch) : DecodeNode
{
    public override void Decode(ref AvroCursor cursor)
    {
        for (int i = 0; i < builder.Fields.Count; i++)
        {
            if (i == branch)
            {
                value.Decode(ref cursor);
            }
            else
            {
                builder.Fields[i].AppendNull();
            }
        }

        builder.AppendRow();
    }
}

/// <summary>A branch that the reader's schema has no place for: the row is set aside.</summary>
internal sealed class UnresolvedNode(DecodeNode skip, ColumnBuilder builder, string message, string field) : DecodeNode
{
    public override void Decode(ref AvroCursor cursor)
    {
        skip.Decode(ref cursor);
        builder.AppendNull();
        cursor.Note(AvroErrors.ValueCode, message, field);
    }
}

internal sealed class ListNode(DecodeNode item, ListBuilder builder, int minItemSize, int itemCost) : DecodeNode
{
    public override void Decode(ref AvroCursor cursor)
    {
        int count;
        while ((count = cursor.ReadBlockCount(minItemSize, itemCost, out _)) > 0)
        {
            for (int i = 0; i < count; i++)
            {
                item.Decode(ref cursor);
            }
        }

        builder.AppendRow();
    }
}

internal sealed class MapNode(DecodeNode key, DecodeNode value, ListBuilder builder, int minEntrySize, int entryCost) : DecodeNode
{
    private readonly StructBuilder _entries = (StructBuilder)builder.Items;

    public override void Decode(ref AvroCursor cursor)
    {
        int count;
        while ((count = cursor.ReadBlockCount(minEntrySize, entryCost, out _)) > 0)
        {
            for (int i = 0; i < count; i++)
            {
                key.Decode(ref cursor);
                value.Decode(ref cursor);
                _entries.AppendRow();
            }
        }

        builder.AppendRow();
    }
}

/// <summary>Decodes the same bytes again and again: the default of a field that the writer does not have.</summary>
internal sealed unsafe class DefaultNode(byte[] value, DecodeNode node, int cost) : DecodeNode
{
    public override void Decode(ref AvroCursor cursor)
    {
        cursor.Charge(1, cost);
        fixed (byte* bytes = value)
        {
            var inner = new AvroCursor(bytes, bytes + value.Length);
            node.Decode(ref inner);
        }
    }
}
