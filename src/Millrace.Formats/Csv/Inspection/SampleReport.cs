using Millrace.Columnar;

namespace Millrace.Formats.Csv;

/// <summary>What the records of a sample say about header, names and types.</summary>
internal sealed class SampleReport
{
    private readonly string _file;
    private readonly SampleTable _rows;
    private readonly int _columns;
    private CsvOptions _options;

    public SampleReport(string file, SampleTable rows, CsvOptions dialect)
    {
        _file = file;
        _rows = rows;
        _options = dialect;
        _columns = CountColumns();
    }

    public FileInspection ToInspection()
    {
        FillDecimalSeparator();
        var rest = new ColumnTypes(_rows, 1, _columns, _options);
        ColumnTypes all = _rows.Rows > 0 ? rest.With(_rows, 0) : rest;
        bool header = _options.Header ?? (_rows.Rows > 0 && HeaderSniffer.IsHeader(_rows, rest.Types, all.Types, _options));
        ColumnTypes types = header ? rest : all;
        _options = _options with
        {
            Header = header,
            DateFormat = _options.DateFormat ?? types.DateFormat,
            TimestampFormat = _options.TimestampFormat ?? types.TimestampFormat,
        };
        string[] names = Names(header);
        return new FileInspection
        {
            Schema = new Schema(names.Select((name, i) => FieldOf(name, types, i))),
            Options = _options,
            IsInferred = !_options.AllText,
            Notes = [.. Notes()],
        };
    }

    // An empty last field in every record is no column; nor is one beyond the columns that is empty wherever there is one.
    private int CountColumns()
    {
        if (_rows.Rows == 0)
        {
            return _options.Columns?.Count ?? 0;
        }

        int columns = FieldCounts.Decide(_rows, _options);
        bool endsEmpty = columns > 1 && columns != _options.Columns?.Count;
        bool anyLonger = false;
        bool longerEndEmpty = true;
        for (int row = 0; row < _rows.Rows; row++)
        {
            int fields = _rows.Fields(row);
            anyLonger |= fields > columns;
            longerEndEmpty &= fields <= columns || (fields == columns + 1 && _rows.IsNull(row, columns));
            endsEmpty &= fields != columns || _rows.IsNull(row, columns - 1);
        }

        bool trailing = _options.TrailingDelimiter ?? (anyLonger ? longerEndEmpty : endsEmpty && _rows.Rows > 1);
        _options = _options with { TrailingDelimiter = trailing };
        return trailing && endsEmpty ? columns - 1 : columns;
    }

    private Field FieldOf(string name, ColumnTypes types, int column)
    {
        if (_options.AllText)
        {
            return new Field(name, DataType.Utf8);
        }

        var field = new Field(name, types.Types[column]);
        return types.IsUnseen(column) ? field.WithMetadata(FieldMetadata.Unseen, "true") : field;
    }

    private void FillDecimalSeparator()
    {
        if (_options.DecimalSeparator is not null)
        {
            return;
        }

        bool comma = _options.Delimiter is not ("," or "comma")
            && AnyDecimalComma()
            && CountNumbers(",") > CountNumbers(".");
        _options = _options with { DecimalSeparator = comma ? "," : "." };
    }

    private int CountNumbers(string separator)
        => new ColumnTypes(_rows, 1, _columns, _options with { DecimalSeparator = separator }).Types.Count(t => t.IsNumeric);

    // Not three digits: those may be thousands.
    private bool AnyDecimalComma()
    {
        for (int row = 0; row < _rows.Rows; row++)
        {
            for (int i = 0; i < _rows.Fields(row); i++)
            {
                if (NumberShape.TryRead(_rows.Text(row, i), (byte)',', CsvCharacter.None, out NumberShape shape) && shape.HasPoint && shape.Decimals != 3)
                {
                    return true;
                }
            }
        }

        return false;
    }

    private string[] Names(bool header)
    {
        if (_options.Columns is { } given)
        {
            return given.Count == _columns ? [.. given] : throw CsvErrors.ColumnNames(_file, given.Count, _columns);
        }

        return HeaderSniffer.Names(_rows, header && _rows.Rows > 0, _columns);
    }

    private IEnumerable<string> Notes()
    {
        yield return $"delimiter {_options.Delimiter}";
        yield return _options.Header == true ? "header" : "no header";
        if (_options.Quote != "\"")
        {
            yield return $"quote {_options.Quote}";
        }

        if (_options.Escape is not (null or "none"))
        {
            yield return $"escape {_options.Escape}";
        }

        if (_options.SkipRows > 0)
        {
            yield return $"{_options.SkipRows} lines above the table";
        }

        if (_options.DecimalSeparator == ",")
        {
            yield return "decimal comma";
        }

        if (_options.Encoding != "utf-8")
        {
            yield return $"encoding {_options.Encoding}";
        }

        if (_options.DateFormat is { } dates)
        {
            yield return $"dates {dates}";
        }

        if (_options.TimestampFormat is { } timestamps)
        {
            yield return $"timestamps {timestamps}";
        }
    }
}
