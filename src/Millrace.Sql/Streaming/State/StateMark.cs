using Millrace.Columnar;

namespace Millrace.Sql.Streaming;

/// <summary>That something which is done once was done.</summary>
internal sealed class StateMark
{
    private bool _isSaved;

    /// <summary>The table of one row that it is kept in.</summary>
    public static StateTable Table { get; } = new("done", new Schema([new Field("done", DataType.Boolean)]), [], []);

    public bool IsSet { get; private set; }

    public void Set() => IsSet = true;

    public void Export(IStateWriter writer, bool full)
    {
        if (!IsSet || (_isSaved && !full))
        {
            return;
        }

        using var done = new BooleanBuilder(1);
        done.Append(true);
        using var row = new RecordBatch(Table.Schema, 1, [done.Build()]);
        writer.Write(Table.Name, StateChange.Put, row);
        _isSaved = true;
    }

    public void Import() => (IsSet, _isSaved) = (true, true);
}
