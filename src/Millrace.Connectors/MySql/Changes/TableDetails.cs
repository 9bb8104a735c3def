using System.Text;

namespace Millrace.Connectors.MySql;

/// <summary>What a table map says of its columns behind what rows cannot be read without ("Optional Metadata").</summary>
internal sealed class TableDetails(StreamColumn[] columns)
{
    private enum Field : byte
    {
        Signedness = 1,
        DefaultCharset = 2,
        ColumnCharset = 3,
        ColumnName = 4,
        SetValues = 5,
        EnumValues = 6,
        GeometryType = 7,
        SimplePrimaryKey = 8,
        PrimaryKeyWithPrefix = 9,
        LabelDefaultCharset = 10,
        LabelColumnCharset = 11,
    }

    /// <summary>Whether the columns are named; the server does only where it is told to.</summary>
    public bool HasNames { get; private set; }

    /// <summary>Places of the columns of the primary key.</summary>
    public IReadOnlyList<int> Key { get; private set; } = [];

    public void Read(ref EventBytes bytes)
    {
        while (bytes.Left > 0)
        {
            var field = (Field)bytes.Byte();
            var value = new EventBytes(bytes.PackedBytes());
            switch (field)
            {
                case Field.Signedness:
                    ReadSigns(value.Rest());
                    break;
                case Field.DefaultCharset:
                    ReadDefault(ref value, IsText);
                    break;
                case Field.ColumnCharset:
                    ReadEach(ref value, IsText);
                    break;
                case Field.LabelDefaultCharset:
                    ReadDefault(ref value, HasLabels);
                    break;
                case Field.LabelColumnCharset:
                    ReadEach(ref value, HasLabels);
                    break;
                case Field.ColumnName:
                    for (int i = 0; i < columns.Length; i++)
                    {
                        columns[i] = columns[i] with { Name = Encoding.UTF8.GetString(value.PackedBytes()) };
                    }

                    HasNames = true;
                    break;
                case Field.SetValues:
                    ReadLabels(ref value, FieldType.Set);
                    break;
                case Field.EnumValues:
                    ReadLabels(ref value, FieldType.Enum);
                    break;
                case Field.SimplePrimaryKey or Field.PrimaryKeyWithPrefix:
                    ReadKey(ref value, field == Field.PrimaryKeyWithPrefix);
                    break;
                default:
                    // Nothing that values could be read by.
                    break;
            }
        }
    }

    private static bool IsText(StreamColumn column) => column.Type is FieldType.String or FieldType.VarChar or FieldType.Blob or FieldType.CompressedBlob or FieldType.CompressedVarChar;

    private static bool HasLabels(StreamColumn column) => column.Type is FieldType.Enum or FieldType.Set;

    private static bool HasSign(StreamColumn column)
        => column.Type is FieldType.Tiny or FieldType.Short or FieldType.Int24 or FieldType.Long or FieldType.LongLong or FieldType.Float or FieldType.Double or FieldType.Decimal or FieldType.Year;

    // A bit for each number, the highest first.
    private void ReadSigns(ReadOnlySpan<byte> bits)
    {
        int number = 0;
        for (int i = 0; i < columns.Length; i++)
        {
            if (HasSign(columns[i]) && number / 8 < bits.Length)
            {
                columns[i] = columns[i] with { IsUnsigned = (bits[number / 8] & (0x80 >> (number % 8))) != 0 };
                number++;
            }
        }
    }

    // One for all, and then pairs of a column and its own.
    private void ReadDefault(ref EventBytes value, Func<StreamColumn, bool> isMeant)
    {
        int[] places = Places(isMeant);
        int all = Collation(ref value);
        foreach (int place in places)
        {
            columns[place] = columns[place] with { Collation = all };
        }

        while (value.Left > 0)
        {
            int place = places[Below(value.Packed(), places.Length)];
            columns[place] = columns[place] with { Collation = Collation(ref value) };
        }
    }

    private void ReadEach(ref EventBytes value, Func<StreamColumn, bool> isMeant)
    {
        foreach (int place in Places(isMeant))
        {
            columns[place] = columns[place] with { Collation = Collation(ref value) };
        }
    }

    private void ReadLabels(ref EventBytes value, FieldType type)
    {
        foreach (int place in Places(c => c.Type == type))
        {
            var labels = new byte[value.Count(value.Left)][];
            for (int i = 0; i < labels.Length; i++)
            {
                labels[i] = value.PackedBytes().ToArray();
            }

            columns[place] = columns[place] with { Labels = labels };
        }
    }

    private void ReadKey(ref EventBytes value, bool hasPrefixes)
    {
        var key = new List<int>();
        while (value.Left > 0)
        {
            key.Add(Below(value.Packed(), columns.Length));
            if (hasPrefixes)
            {
                value.Packed();
            }
        }

        Key = key;
    }

    private int[] Places(Func<StreamColumn, bool> isMeant) => [.. Enumerable.Range(0, columns.Length).Where(i => isMeant(columns[i]))];

    private static int Collation(ref EventBytes value) => Below(value.Packed(), int.MaxValue);

    private static int Below(ulong number, int limit)
        => number < (ulong)limit ? (int)number : throw LogErrors.Broken.Error($"A table map names the place {number} of {limit}.");
}
