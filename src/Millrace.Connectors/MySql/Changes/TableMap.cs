namespace Millrace.Connectors.MySql;

/// <summary>What a number of a table stands for in the events that follow (TABLE_MAP_EVENT).</summary>
/// <param name="Name">The table.</param>
/// <param name="Columns">Its columns in order.</param>
/// <param name="Key">Places of the columns of the primary key; none without one.</param>
internal sealed record TableMap(TableName Name, IReadOnlyList<StreamColumn> Columns, IReadOnlyList<int> Key)
{
    // The server knows fewer.
    private const int MostColumns = 4096;

    private const int FlagsLength = 2;

    // Texts and such, of which the type of the event does not say all; the rest is in what stands for their length.
    private const byte LengthBits = 0x30;

    private readonly FieldSize[] _sizes = [.. Columns.Select(FieldSize.Of)];

    /// <summary>How long values of each column are.</summary>
    public ReadOnlySpan<FieldSize> Sizes => _sizes;

    /// <summary>Whether rows of both are read in the same way.</summary>
    public bool IsSame(TableMap other)
        => Columns.Count == other.Columns.Count && Columns.Zip(other.Columns).All(p => p.First.IsSame(p.Second)) && Key.SequenceEqual(other.Key);

    /// <summary>Reads the number that an event about a table, or its rows, begins with.</summary>
    public static ulong ReadNumber(ref EventBytes bytes, LogFormat format)
    {
        bytes.Take(LogEvent.HeaderLength);
        return format.TableIdLength == 4 ? bytes.UInt32() : bytes.UInt48();
    }

    /// <summary>Reads the name behind the number, and leaves the rest to <see cref="ReadColumns"/>.</summary>
    public static TableName ReadName(ref EventBytes bytes)
    {
        bytes.Take(FlagsLength);
        string database = bytes.Name();
        return new TableName(database, bytes.Name());
    }

    /// <param name="bytes">Stands behind the name.</param>
    /// <param name="name">The table.</param>
    public static TableMap ReadColumns(ref EventBytes bytes, TableName name)
    {
        int count = bytes.Count(Math.Min(bytes.Left, MostColumns));
        ReadOnlySpan<byte> types = bytes.Bytes(count);
        var meta = new EventBytes(bytes.PackedBytes());
        var columns = new StreamColumn[count];
        for (int i = 0; i < count; i++)
        {
            columns[i] = Column((FieldType)types[i], ref meta, name);
        }

        bytes.Take((count + 7) / 8);
        var more = new TableDetails(columns);
        more.Read(ref bytes);
        if (!more.HasNames)
        {
            throw LogErrors.NotReady.Error(
                $"The binary log does not name the columns of {name}.",
                new ErrorPlace { Stream = name.ToString() },
                "SET GLOBAL binlog_row_metadata = FULL; and, since rows were logged without it, begin anew: `millrace state reset`, and empty the target.");
        }

        return new TableMap(name, columns, more.Key);
    }

    private static StreamColumn Column(FieldType type, ref EventBytes meta, TableName table)
    {
        switch (type)
        {
            case FieldType.Float or FieldType.Double or FieldType.Blob or FieldType.Geometry or FieldType.Json or FieldType.Vector or FieldType.CompressedBlob
                or FieldType.Time or FieldType.DateTime or FieldType.Timestamp:
                return new StreamColumn("", type, meta.Byte());
            case FieldType.VarChar or FieldType.VarString or FieldType.CompressedVarChar:
                return new StreamColumn("", FieldType.VarChar == type || FieldType.VarString == type ? FieldType.VarChar : type, meta.UInt16());
            case FieldType.Bit:
                int rest = meta.Byte();
                return new StreamColumn("", type, (meta.Byte() * 8) + rest);
            case FieldType.Decimal:
                int precision = meta.Byte();
                return new StreamColumn("", type, (precision << 8) | meta.Byte());
            case FieldType.String or FieldType.Enum or FieldType.Set:
                int real = meta.Byte();
                int length = meta.Byte();
                return (real & LengthBits) == LengthBits
                    ? new StreamColumn("", (FieldType)real, length)
                    : new StreamColumn("", (FieldType)(real | LengthBits), length | (((real & LengthBits) ^ LengthBits) << 4));
            case FieldType.Tiny or FieldType.Short or FieldType.Int24 or FieldType.Long or FieldType.LongLong or FieldType.Year or FieldType.Date or FieldType.NewDate
                or FieldType.OldTime or FieldType.OldDateTime or FieldType.OldTimestamp:
                return new StreamColumn("", type, 0);
            default:
                throw LogErrors.Broken.Error($"A column of {table} has the type {(int)type}, which is unknown here.");
        }
    }
}
