using Millrace.Columnar;

namespace Millrace.Formats.Csv;

/// <summary>What the records of a sample say about header, names and types.</summary>
internal sealed class SampleReport
{
    private readonly string _file;
    private readonly List<SampleRow> _rows;
    private readonly int _columns;
    private CsvOptions _options;

    public SampleReport(string file, List<SampleRow> rows, CsvOptions dialect)
    {
        _file = file;
        _rows = rows;
        _options = dialect;
        _columns = CountColumns();
    }

    public FileInspection ToInspection()
    {
        FillDecimalSeparator();
        ColumnTypes all = TypesFrom(0);
        ColumnTypes rest = TypesFrom(1);
        bool header = _options.Header ?? (_rows.Count > 0 && HeaderSniffer.IsHeader(_rows[0], rest.Types, all.Types, _rows));
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
            Schema = new Schema(names.Select((name, i) => new Field(name, _options.AllText ? DataType.Utf8 : types.Types[i]))),
            Options = _options,
            IsInferred = !_options.AllText,
            Notes = [.. Notes()],
        };
    }

    // The header counts as much as the most frequent number of fields; an empty last field in every record is no column.
    private int CountColumns()
    {
        if (_rows.Count == 0)
        {
            return _options.Columns?.Count ?? 0;
        }

        int columns = _rows.CountBy(r => r.Fields.Length).MaxBy(c => (c.Value, c.Key)).Key;
        bool trailing = _options.TrailingDelimiter
            ?? (columns > 1 && _rows.Count > 1 && _rows.TrueForAll(r => r.Fields.Length < columns || (r.Fields.Length == columns && r.Fields[^1] is null && !r.IsQuoted[^1])));
        _options = _options with { TrailingDelimiter = trailing };
        bool endsEmpty = _rows.Exists(r => r.Fields.Length == columns) && _rows.Where(r => r.Fields.Length == columns).All(r => r.Fields[^1] is null);
        return trailing && columns > 1 && endsEmpty ? columns - 1 : columns;
    }

    private ColumnTypes TypesFrom(int row) => new(_rows.Skip(row), _columns, _options);

    private void FillDecimalSeparator()
    {
        if (_options.DecimalSeparator is not null)
        {
            return;
        }

        bool comma = _options.Delimiter is not ("," or "comma")
            && _rows.Exists(r => Array.Exists(r.Fields, f => f is not null && IsDecimalComma(f)))
            && CountNumbers(",") > CountNumbers(".");
        _options = _options with { DecimalSeparator = comma ? "," : "." };
    }

    private int CountNumbers(string separator)
        => new ColumnTypes(_rows.Skip(1), _columns, _options with { DecimalSeparator = separator }).Types.Count(t => t.IsNumeric);

    // Not three digits: those may be thousands.
    private static bool IsDecimalComma(byte[] text)
        => NumberShape.TryRead(text, (byte)',', CsvCharacter.None, out NumberShape shape) && shape.HasPoint && shape.Decimals != 3;

    private string[] Names(bool header)
    {
        if (_options.Columns is { } given)
        {
            return given.Count == _columns ? [.. given] : throw CsvErrors.ColumnNames(_file, given.Count, _columns);
        }

        return HeaderSniffer.Names(header && _rows.Count > 0 ? _rows[0] : null, _columns);
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
