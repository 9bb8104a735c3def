using Millrace.Columnar;

namespace Millrace.Sql.Execution;

/// <summary>
/// Gives equal keys equal numbers, from 0 in the order of their first appearance; nulls are equal to each other. One thread
/// uses it.
/// </summary>
internal abstract class GroupTable : IDisposable
{
    private DictionaryGroups? _encoded;

    /// <summary>Groups so far.</summary>
    public int Count { get; protected set; }

    /// <summary>Bytes that it takes, about.</summary>
    public abstract long ByteSize { get; }

    /// <summary>The table that is fastest for keys of some types.</summary>
    public static GroupTable Create(IReadOnlyList<DataType> types)
    {
        DataType[] plain = [.. types.Select(Plain)];
        return plain switch
        {
            [] => new SingleGroup(),
            [var type] when KeyWords.Fit(type) => new WordTable(type),
            [{ Layout: TypeLayout.VarBinary } type] => new TextTable(type),
            [_, _] when PairTable.Fits(plain) => new PairTable(plain),
            _ => new RowTable(plain),
        };
    }

    /// <summary>Writes the group of each row.</summary>
    /// <param name="keys">A column for each key.</param>
    /// <param name="rows">Length of the columns.</param>
    /// <param name="groups">Gets a number for each row.</param>
    public void Find(ReadOnlySpan<Column> keys, int rows, Span<int> groups)
    {
        if (!HasDictionary(keys))
        {
            FindPlain(keys, rows, groups);
            return;
        }

        _encoded ??= new DictionaryGroups();
        if (_encoded.TryFind(this, keys, groups[..rows]))
        {
            return;
        }

        Column[] plain = new Column[keys.Length];
        for (int i = 0; i < plain.Length; i++)
        {
            plain[i] = Cast.To(keys[i], Plain(keys[i].Type)).Column;
        }

        try
        {
            FindPlain(plain, rows, groups);
        }
        finally
        {
            Array.ForEach(plain, c => c.Dispose());
        }
    }

    /// <summary>The keys of all groups; the caller owns them, and the table finds no more.</summary>
    public abstract Column[] TakeKeys();

    /// <summary>The keys of all groups so far; the caller owns them, and the table goes on.</summary>
    public abstract Column[] CopyKeys();

    public virtual void Dispose() => _encoded?.Dispose();

    protected abstract void FindPlain(ReadOnlySpan<Column> keys, int rows, Span<int> groups);

    private static DataType Plain(DataType type) => type.Id == TypeId.Dictionary ? type.DictionaryValue : type;

    private static bool HasDictionary(ReadOnlySpan<Column> keys)
    {
        foreach (Column key in keys)
        {
            if (key is DictionaryColumn)
            {
                return true;
            }
        }

        return false;
    }
}

/// <summary>No keys: every row is in the one group, which is there from the start.</summary>
internal sealed class SingleGroup : GroupTable
{
    public SingleGroup() => Count = 1;

    public override long ByteSize => 0;

    public override Column[] TakeKeys() => [];

    public override Column[] CopyKeys() => [];

    protected override void FindPlain(ReadOnlySpan<Column> keys, int rows, Span<int> groups) => groups[..rows].Clear();
}
