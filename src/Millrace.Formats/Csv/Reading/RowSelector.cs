using System.Text.Unicode;

namespace Millrace.Formats.Csv;

/// <summary>Tells the records that are rows from headers, comments, blank lines and rows that are bad as a whole.</summary>
internal sealed unsafe class RowSelector
{
    private readonly CsvOptions _options;
    private readonly CsvDialect _dialect;
    private readonly BadRows _bad;
    private readonly int _columns;
    private readonly int _comment;
    private readonly bool _skipBlank;
    private readonly bool _lookAtAll;
    private int _headers;

    // The chunk is not valid UTF-8, so its rows are looked at one by one.
    private bool _isInvalid;

    /// <param name="headers">Records to pass over: 1 when the range starts with a header.</param>
    public RowSelector(CsvOptions options, int columns, int headers, BadRows bad)
    {
        _options = options;
        _bad = bad;
        _columns = columns;
        _headers = headers;
        _dialect = CsvDialect.Of(options);
        _comment = _dialect.Comment;
        _skipBlank = options.SkipBlankLines ?? columns != 1;
        _lookAtAll = _comment >= 0 || columns == 1;
    }

    /// <summary>Adds rows from a record on and returns the number of the first record that was not looked at.</summary>
    /// <param name="records">The chunk.</param>
    /// <param name="from">First record to look at.</param>
    /// <param name="rows">Gets at most <paramref name="most"/> rows.</param>
    /// <param name="passed">Records looked at that are rows, good or bad.</param>
    public int Select(CsvRecords records, int from, RowSet rows, int most, out int passed)
    {
        int* entries = records.Entries;
        rows.Reset(records.Text, entries);
        passed = 0;
        int before = records.FirstEntry(from);
        if (from == 0)
        {
            _isInvalid = records.HasHigh && !Utf8.IsValid(new ReadOnlySpan<byte>(records.Text, records.StartOf(records.Count)));
        }

        bool isDoubtful = _lookAtAll || _isInvalid || records.MayHaveTails;
        bool lookAtAll = isDoubtful || _headers > 0;
        int complete = records.IsUnclosed ? records.Count - 1 : records.Count;
        int record = from;
        if (!lookAtAll && !records.HasReturn)
        {
            record = rows.AddWhole(from, (int)Math.Min(complete, (long)from + most), records.RowEnds, ref before, _options.MaxFieldBytes);
            passed = record - from;
        }

        for (; record < complete && rows.Count < most && !rows.IsFull; record++)
        {
            int last = records.LastEntry(record);
            int fields = last - before;
            if (fields == _columns && !lookAtAll && entries[last] - entries[before] <= _options.MaxFieldBytes)
            {
                rows.Add(record, entries, before);
                passed++;
            }
            else if (_headers > 0 && !IsNoRow(records, record, fields))
            {
                _headers--;
                lookAtAll = isDoubtful || _headers > 0;
            }
            else if (!IsNoRow(records, record, fields))
            {
                Judge(records, record, before, fields, rows);
                passed++;
            }

            before = records.FirstEntry(record + 1);
        }

        if (record == complete && complete < records.Count)
        {
            _bad.Report(records, record, CsvErrors.UnclosedQuoteCode, CsvErrors.UnclosedQuote());
            passed++;
            record++;
        }

        return record;
    }

    private bool IsNoRow(CsvRecords records, int record, int fields)
    {
        ReadOnlySpan<byte> bytes = records.Bytes(record);
        return (_comment >= 0 && bytes.Length > 0 && bytes[0] == _comment)
            || (_skipBlank && fields == 1 && (_options.Trim ? bytes.IndexOfAnyExcept((byte)' ') < 0 : bytes.IsEmpty));
    }

    private void Judge(CsvRecords records, int record, int before, int fields, RowSet rows)
    {
        int* entries = records.Entries;
        if (_isInvalid && !Utf8.IsValid(records.Bytes(record)))
        {
            _bad.Report(records, record, FormatErrors.InvalidUtf8, CsvErrors.InvalidUtf8());
        }
        else if (FindLongField(entries, before, fields, out int length))
        {
            _bad.Report(records, record, CsvErrors.FieldTooLongCode, CsvErrors.FieldTooLong(length, _options.MaxFieldBytes));
        }
        else if (records.MayHaveTails && FindTail(records, before, fields) is >= 0 and int field)
        {
            ReportTail(records, record, before, field);
        }
        else if (fields == _columns || (fields > _columns && MayCut(entries, before, fields)))
        {
            rows.Add(record, entries, before);
        }
        else if (fields < _columns && _options.ShortRows == CsvShortRows.Pad)
        {
            rows.AddShort(record, entries, before, fields);
        }
        else
        {
            _bad.Report(records, record, CsvErrors.FieldCountCode, CsvErrors.FieldCount(fields, _columns));
        }
    }

    private bool MayCut(int* entries, int before, int fields)
        => _options.LongRows == CsvLongRows.Cut
            || (_options.TrailingDelimiter == true && fields == _columns + 1 && entries[before + fields] - entries[before + fields - 1] == 1);

    // A quote that should not have been there, or should have been doubled, may have joined this row with those behind it.
    private int FindTail(CsvRecords records, int before, int fields)
    {
        for (int i = 0; i < fields; i++)
        {
            if (QuotedField.FindTail(FieldAt(records, before + i), _dialect, out _) >= 0)
            {
                return i;
            }
        }

        return -1;
    }

    private void ReportTail(CsvRecords records, int record, int before, int field)
    {
        ReadOnlySpan<byte> bytes = FieldAt(records, before + field);
        ReadOnlySpan<byte> tail = bytes[QuotedField.FindTail(bytes, _dialect, out _)..];
        ErrorPlace place = FieldPlace.Of(records, record, records.Entries[before + field] + 1);
        _bad.Report(records, record, CsvErrors.TextBehindQuoteCode, CsvErrors.TextBehindQuote(field + 1, tail), place);
    }

    private static ReadOnlySpan<byte> FieldAt(CsvRecords records, int entry)
    {
        int start = records.Entries[entry] + 1;
        return new(records.Text + start, records.Entries[entry + 1] - start);
    }

    private bool FindLongField(int* entries, int before, int fields, out int length)
    {
        for (int i = 0; i < fields; i++)
        {
            length = entries[before + i + 1] - entries[before + i] - 1;
            if (length > _options.MaxFieldBytes)
            {
                return true;
            }
        }

        length = 0;
        return false;
    }
}
