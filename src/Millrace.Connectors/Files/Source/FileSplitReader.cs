using Millrace.Columnar;
using Millrace.Connectors.Common;
using Millrace.Formats;
using Millrace.Sdk;

namespace Millrace.Connectors.Files;

/// <summary>Reads a range of a file and adds what the file itself does not hold: missing columns, columns of folders, the path.</summary>
internal sealed class FileSplitReader : ISplitReader
{
    private readonly FileSplit _split;
    private readonly OpenFile _file;
    private readonly IBatchReader _reader;
    private readonly SkippableRowErrors _errors;
    private readonly Schema _schema;
    private readonly int[] _fromFile;
    private readonly ConstantColumn?[] _constants;
    private readonly long _start;
    private readonly long _skip;
    private readonly ErrorPlace _origin;
    private readonly Action? _onBrokenOff;
    private long _rows;
    private long _bytesTold;

    private FileSplitReader(FileSplit split, OpenFile file, IBatchReader reader, SkippableRowErrors errors, Schema schema, int[] fromFile, ConstantColumn?[] constants, Action? onBrokenOff, long start, long skip)
    {
        _split = split;
        _file = file;
        _reader = reader;
        _errors = errors;
        _schema = schema;
        _fromFile = fromFile;
        _constants = constants;
        _onBrokenOff = onBrokenOff;
        _start = start;
        _skip = skip;
        _origin = new ErrorPlace { File = split.Work.File.Key, Split = start == 0 ? null : $"@{start}" };
        _bytesTold = file.BytesRead;
    }

    public static FileSplitReader Open(FileSplit split, OpenFile file, FileInspection inspection, PlanColumns columns, HiveColumns hive, ReadRequest request, IRowErrorHandler rowErrors, (long Start, long Rows) from, Action? onBrokenOff = null)
    {
        int count = columns.Schema.Count;
        var fromFile = new int[count];
        var constants = new ConstantColumn?[count];
        var wanted = new List<Field>();
        var declared = new HashSet<string>(StringComparer.Ordinal);
        for (int i = 0; i < count; i++)
        {
            Field field = columns.Schema[i];
            bool inFile = columns.Origins[i] == ColumnOrigin.File;
            int index = inFile ? inspection.Schema.IndexOf(field.Name) : -1;
            bool ask = index >= 0 || (inFile && file.Format.Capabilities.OpenSchema);
            fromFile[i] = ask ? wanted.Count : -1;
            if (!ask)
            {
                constants[i] = columns.Origins[i] switch
                {
                    ColumnOrigin.Folder => HiveColumns.ValueOf(hive.Fields.First(f => f.Name == field.Name), split.Work.File),
                    ColumnOrigin.Path => ConstantColumn.Text(split.Work.File.Key),
                    _ => ConstantColumn.Null(field.Type),
                };
                continue;
            }

            Field found = index >= 0 ? inspection.Schema[index] : field;
            string name = found.Name;
            bool unseen = field.Metadata.ContainsKey(FieldMetadata.Unseen);
            wanted.Add((unseen ? found : found.WithoutMetadata(FieldMetadata.Unseen)).WithType(field.Type));
            if (columns.Declared.Contains(field.Name))
            {
                declared.Add(name);
            }
        }

        FileRange range = split.Range.Start == from.Start ? split.Range : new FileRange(from.Start, split.Range.End);
        var errors = new SkippableRowErrors(rowErrors, () => RowContext.Of(file.Format, inspection, columns, hive)) { Skipping = from.Rows > 0 };
        IBatchReader reader = file.Format.OpenReader(file.Source, inspection, new FileReadRequest
        {
            Columns = new Schema(wanted),
            Declared = declared,
            Predicates = request.Predicates,
            Range = range with { End = Math.Min(range.End, file.Source.Length) },
            BatchRows = request.BatchRows,
            Limit = LimitOf(request, from.Rows),
            RowErrors = errors,
            KeepsDictionaries = request.KeepsDictionaries,
        });
        return new FileSplitReader(split, file, reader, errors, columns.Schema, fromFile, constants, request.Follows ? onBrokenOff : null, from.Start, from.Rows);
    }

    public MillraceException? BrokenOff { get; private set; }

    public async ValueTask<SplitBatch?> ReadAsync(CancellationToken cancellation)
    {
        while (await DecodeAsync(cancellation).ConfigureAwait(false) is { } read)
        {
            using RecordBatch rows = read;
            long done = Math.Min(_skip - Math.Min(_skip, _rows), rows.Length);
            _rows += rows.Length;
            _errors.Skipping = _rows < _skip;
            if (done == rows.Length)
            {
                continue;
            }

            using RecordBatch? rest = done > 0 ? rows.Slice((int)done, rows.Length - (int)done) : null;
            long bytes = _file.BytesRead;
            long told = bytes - _bytesTold;
            _bytesTold = bytes;
            long first = _rows - rows.Length + done;
            return new SplitBatch(Assemble(rest ?? rows), _split.Work.Within(_start, _split.Range.End, _rows).ToPosition(), told) { Origin = new BatchOrigin(_origin with { Row = first }) { Places = _reader.Places, Skipped = (int)done } };
        }

        return null;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (ConstantColumn? constant in _constants)
        {
            constant?.Dispose();
        }

        await _reader.DisposeAsync().ConfigureAwait(false);
        await _file.DisposeAsync().ConfigureAwait(false);
    }

    // A file that became shorter under the reader is broken off there by a run that follows; it looks again.
    private async ValueTask<RecordBatch?> DecodeAsync(CancellationToken cancellation)
    {
        try
        {
            return await _reader.ReadAsync(cancellation).ConfigureAwait(false);
        }
        catch (MillraceException e) when (_onBrokenOff is not null && FilesErrors.IsGone(e))
        {
            BrokenOff = e;
            _onBrokenOff();
            return null;
        }
    }

    private RecordBatch Assemble(RecordBatch rows)
    {
        var columns = new Column[_schema.Count];
        for (int i = 0; i < columns.Length; i++)
        {
            columns[i] = _fromFile[i] >= 0 ? rows[_fromFile[i]].Share() : _constants[i]!.Rows(rows.Length);
        }

        return new RecordBatch(_schema, rows.Length, columns);
    }

    // Rows are counted before the runtime's filters, so a limit only holds here when there are none.
    private static long LimitOf(ReadRequest request, long skip)
        => request.Predicates.Count > 0 || request.Limit > long.MaxValue - skip ? long.MaxValue : request.Limit + skip;
}
