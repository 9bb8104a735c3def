using System.Text;
using System.Text.Json.Nodes;
using Millrace.Columnar;
using Millrace.Formats;
using Millrace.Runtime.Contracts;
using Millrace.Runtime.Governance;
using Millrace.Sdk;

namespace Millrace.Runtime;

/// <summary>
/// Turns batches of the source into batches of the target: picks and renames columns without copying, casts what the
/// reader did not deliver in the wanted type, and sets rows aside that lack a required value. Used by several lanes at once.
/// </summary>
internal sealed class RowShaper
{
    private const int LongestShown = 20;

    private readonly OutputColumn[] _outputs;
    private readonly int[] _sources;
    private readonly DataType?[] _casts;
    private readonly string _stream;
    private readonly bool _checksRows;
    private readonly JsonObject _context;
    private readonly int _op = -1;

    public RowShaper(Schema source, ColumnPlan? plan, string stream, TagPlan? tags = null)
    {
        _stream = stream;
        _context = JsonRowPlan.ContextOf(source);
        _outputs = plan is null
            ? [.. source.Fields.Select(f => new OutputColumn(f.Name, f.Name, null, false))]
            : [.. plan.Outputs];
        _sources = new int[_outputs.Length];
        _casts = new DataType?[_outputs.Length];
        var fields = new Field[_outputs.Length];
        for (int i = 0; i < _outputs.Length; i++)
        {
            OutputColumn output = _outputs[i];
            int index = source.IndexOf(output.From);
            if (index < 0)
            {
                throw RuntimeErrors.ColumnNotFound.Error(
                    $"The source has no column '{output.From}'{NearestName.Suggest(output.From, source.Fields.Select(f => f.Name))}.",
                    new ErrorPlace { Stream = stream });
            }

            _sources[i] = index;
            Field field = source[index];
            if (output.Type is { } type && !type.Equals(field.Type))
            {
                _casts[i] = type;
                field = field.WithType(type).WithNullable(true);
            }

            field = field.WithName(output.Name).WithNullable(field.Nullable && !output.Required && !output.NeverNull);
            fields[i] = output.Comment is { } comment ? field.WithMetadata(FieldMetadata.Comment, comment) : field;
        }

        _checksRows = Array.Exists(_outputs, o => o.Required) || Array.Exists(_casts, c => c is not null);
        Schema = (tags ?? TagPlan.OfSource).ApplyTo(new Schema(fields, source.Metadata));
    }

    /// <summary>Schema of the target.</summary>
    public Schema Schema { get; }

    /// <summary>The contract that rows are held against; null for none. Goes with <see cref="Rules"/>.</summary>
    public ContractRun? Contract { get; init; }

    /// <summary>Its rules over the columns of the target; set before the first batch.</summary>
    public ContractCheck? Rules { get; set; }

    /// <summary>Whether rows with the column <see cref="ChangeColumns.Op"/> are changes that the target applies.</summary>
    public bool AppliesChanges
    {
        init => _op = value ? Schema.IndexOf(ChangeColumns.Op) : -1;
    }

    /// <summary>Shapes a batch, which it takes over; null when no row is left.</summary>
    /// <param name="batch">Rows of the source.</param>
    /// <param name="errors">Gets those that do not fit.</param>
    public RecordBatch? Shape(RecordBatch batch, IRowErrorHandler errors)
    {
        BatchOrigin? origin = null;
        return Shape(batch, errors, ref origin);
    }

    /// <summary>As <see cref="Shape(RecordBatch, IRowErrorHandler)"/>.</summary>
    /// <param name="batch">Rows of the source.</param>
    /// <param name="errors">Gets those that do not fit.</param>
    /// <param name="origin">Where they are from, if the source says so; afterwards where those are from that are left.</param>
    public RecordBatch? Shape(RecordBatch batch, IRowErrorHandler errors, ref BatchOrigin? origin)
    {
        using (batch)
        {
            var columns = new Column[_outputs.Length];
            int made = 0;
            try
            {
                var bad = new BadRows(batch, errors, origin, _context);
                for (; made < columns.Length; made++)
                {
                    Column source = batch[_sources[made]];
                    columns[made] = _casts[made] is { } type ? Cast(source, type, _outputs[made], bad) : source.Share();
                    if (_checksRows && _outputs[made].Required && columns[made].HasNulls)
                    {
                        CheckRequired(columns[made], _outputs[made], bad);
                    }
                }

                if (_op >= 0)
                {
                    CheckChanges(columns[_op], bad);
                }

                Rules?.Run(columns, batch.Length, (row, rule, column) => Breach(row, rule, column, bad));
                var shaped = new RecordBatch(Schema, batch.Length, columns);
                made = 0;
                return bad.Any ? Drop(shaped, bad.GoodRows(), ref origin) : shaped;
            }
            finally
            {
                for (int i = 0; i < made; i++)
                {
                    columns[i].Dispose();
                }
            }
        }
    }

    private Column Cast(Column source, DataType type, OutputColumn output, BadRows bad)
    {
        CastResult result = Columnar.Cast.To(source, type);
        foreach (CastFailure failure in result.Failures)
        {
            bad.Report(failure.Row, FormatErrors.ValueDoesNotFit, failure.Message, Place(output));
        }

        return result.Column;
    }

    private void CheckRequired(Column column, OutputColumn output, BadRows bad)
    {
        Bitmap validity = column.Validity;
        for (int row = 0; row < column.Length; row++)
        {
            if (!validity[row])
            {
                bad.Report(row, RuntimeErrors.RequiredValueMissing, $"The required column '{output.Name}' has no value.", Place(output));
            }
        }
    }

    // What a target does not know as a removal it would take for a row.
    private void CheckChanges(Column column, BadRows bad)
    {
        if (!Schema[_op].Type.Equals(DataType.Utf8))
        {
            throw RuntimeErrors.UnknownChange.Error($"The column '{ChangeColumns.Op}' is {Schema[_op].Type}, not varchar.", Place(_outputs[_op]));
        }

        using Column plain = Dictionaries.Decode(column, DataType.Utf8);
        var codes = (BinaryColumn)plain;
        for (int row = 0; row < codes.Length; row++)
        {
            if (codes.IsNull(row))
            {
                bad.Report(row, RuntimeErrors.UnknownChange, $"'{ChangeColumns.Op}' has no value.", Place(_outputs[_op]));
            }
            else if (codes[row] is not [(byte)'I' or (byte)'U' or (byte)'D' or (byte)'T'])
            {
                bad.Report(row, RuntimeErrors.UnknownChange, $"'{Encoding.UTF8.GetString(codes[row][..Math.Min(codes[row].Length, LongestShown)])}' in '{ChangeColumns.Op}' is none of I, U, D and T.", Place(_outputs[_op]));
            }
        }
    }

    private void Breach(int row, ContractRule rule, Column column, BadRows bad)
    {
        Contract!.Count(rule.Name);
        if (!Contract.OnlyCounts && !bad.Has(row))
        {
            bad.Report(row, rule.Code, ContractMessages.Of(rule, column, row), new ErrorPlace { Stream = _stream, Field = rule.Column }, RowStage.Contract);
        }
    }

    private ErrorPlace Place(OutputColumn output) => new() { Stream = _stream, Field = output.Name };

    private static RecordBatch? Drop(RecordBatch batch, int[] good, ref BatchOrigin? origin)
    {
        origin = origin?.Keep(good);
        using (batch)
        {
            return good.Length == 0 ? null : Take.Rows(batch, good);
        }
    }

    // Rows with a fault; each is reported once, for its first fault.
    private sealed class BadRows(RecordBatch source, IRowErrorHandler errors, BatchOrigin? origin, JsonObject context)
    {
        private HashSet<int>? _rows;

        public bool Any => _rows is not null;

        public bool Has(int row) => _rows?.Contains(row) == true;

        public void Report(int row, ErrorCode code, string message, ErrorPlace place, RowStage stage = RowStage.Convert)
        {
            if ((_rows ??= []).Add(row))
            {
                if (origin is not null)
                {
                    place = origin.PlaceOf(row) with { Field = place.Field };
                }

                // The row's own bytes are gone by now.
                errors.OnRowError(new RowError(code, message, place, JsonRow.Of(source.Schema, [.. source.Columns], row)) { Stage = stage, Form = RawForm.Json, Context = context });
            }
        }

        public int[] GoodRows()
        {
            var good = new int[source.Length - _rows!.Count];
            int count = 0;
            for (int row = 0; row < source.Length; row++)
            {
                if (!_rows.Contains(row))
                {
                    good[count++] = row;
                }
            }

            return good;
        }
    }
}
