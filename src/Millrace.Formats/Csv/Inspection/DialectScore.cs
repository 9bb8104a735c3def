namespace Millrace.Formats.Csv;

/// <summary>How well a dialect reads a sample.</summary>
internal readonly struct DialectScore
{
    // A name and a header weigh as much as so many records: they decide over small files, and large ones speak for themselves.
    private const double KnownRecords = 4;

    // Records that hardly ever have the same number of fields are not cut by this delimiter, unless a header says so.
    private const double LeastConsistency = 0.6;
    private const double LeastConsistencyUnderHeader = 0.3;

    // What a first record without names says: data of as many fields as the others.
    private const double FirstRecordTrust = 0.9;

    private readonly bool _hasHeader;

    public DialectScore(SampleTable rows, CsvOptions options, double endingTrust)
    {
        CsvDialect dialect = CsvDialect.Of(options);
        _hasHeader = FieldCounts.HeadsColumns(rows, options);
        int columns = FieldCounts.Decide(rows, options);
        int first = _hasHeader ? 1 : 0;
        int same = 0;
        for (int row = first; row < rows.Rows; row++)
        {
            same += rows.IsSound(row) && rows.Fields(row) == columns ? 1 : 0;
            Broken += rows.IsSound(row) ? 0 : 1;
            Quoted += rows.IsSound(row) && rows.HasQuoted(row) ? 1 : 0;
        }

        if (columns <= 1)
        {
            return;
        }

        int records = rows.Rows - first;
        double share = records == 0 ? 1 : (double)same / records;
        double known = KnownRecords / (records + KnownRecords);
        double trust = rows.Fields(0) != columns || !rows.IsSound(0) ? 0 : _hasHeader ? 1 : IsProse(rows, columns) ? 0 : FirstRecordTrust;
        double consistency = share + ((1 - share) * known * trust);
        Value = consistency * Math.Pow(endingTrust, known) * (0.75 + (0.25 * Cleanness(rows, columns, dialect)));
    }

    /// <summary>Between 0 and 1, to be compared with that of other dialects.</summary>
    public double Value { get; }

    /// <summary>Records in which quotes do not stand around whole fields.</summary>
    public int Broken { get; }

    /// <summary>Other records with quotes.</summary>
    public int Quoted { get; }

    /// <summary>Whether the sample may have this dialect at all.</summary>
    public bool IsLikely => Value >= (_hasHeader ? LeastConsistencyUnderHeader : LeastConsistency);

    // In sentences a space follows each comma.
    private static bool IsProse(SampleTable rows, int columns)
    {
        for (int i = 1; i < columns; i++)
        {
            if (rows.Text(0, i) is not [(byte)' ', ..])
            {
                return false;
            }
        }

        return true;
    }

    // Fields that hold another delimiter or a quote hint at a text that was cut in the wrong places.
    private static double Cleanness(SampleTable rows, int columns, CsvDialect dialect)
    {
        int fields = 0;
        int clean = 0;
        int quoted = 0;
        for (int row = 0; row < rows.Rows; row++)
        {
            for (int i = 0; i < columns && rows.Fields(row) == columns; i++)
            {
                fields++;
                quoted += rows.IsQuoted(row, i) ? 1 : 0;
                ReadOnlySpan<byte> value = rows.Text(row, i);
                bool isClean = rows.IsQuoted(row, i)
                    || NumberShape.TryRead(value, (byte)',', CsvCharacter.None, out _)
                    || value.IndexOfAny(";\t|,\""u8) < 0;
                clean += isClean ? 1 : 0;
            }
        }

        // An apostrophe is a quote only where it is used as one.
        return fields == 0 || (dialect.Quote == '\'' && quoted == 0) ? 0 : (double)clean / fields;
    }
}
