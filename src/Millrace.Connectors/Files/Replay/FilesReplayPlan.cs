using Millrace.Columnar;
using Millrace.Connectors.Common;
using Millrace.Formats;
using Millrace.Sdk;
using Millrace.Storage;

namespace Millrace.Connectors.Files;

/// <summary>
/// Decodes rows of files from their bytes: with the format options that the job has now and, where it has none, with those
/// that were found when the file was read.
/// </summary>
internal sealed class FilesReplayPlan : IReplayPlan
{
    private readonly ReadRequest _request;
    private readonly PlanColumns _columns;
    private readonly HiveColumns _hive;
    private readonly Dictionary<ReplayOrigin, Origin> _origins;

    private FilesReplayPlan(ReadRequest request, PlanColumns columns, HiveColumns hive, Dictionary<ReplayOrigin, Origin> origins)
    {
        _request = request;
        _columns = columns;
        _hive = hive;
        _origins = origins;
    }

    public Schema Schema => _columns.Schema;

    public static IReplayPlan Create(ReadRequest request, IReadOnlyCollection<ReplayOrigin> origins, FilesSourceOptions options, FormatRegistry formats)
    {
        var parsed = new Dictionary<ReplayOrigin, Origin>();
        var contexts = new Dictionary<string, (FileFormat Format, FileInspection Inspection)>(StringComparer.Ordinal);
        var union = new SchemaUnion();
        var folders = new SchemaUnion();
        bool inferred = false;
        MillraceException? fault = null;
        foreach (ReplayOrigin origin in origins)
        {
            var place = new ErrorPlace { File = origin.File };
            if (!contexts.TryGetValue(origin.Context ?? "", out (FileFormat Format, FileInspection Inspection) known))
            {
                try
                {
                    RowContext context = RowContext.Parse(origin.Context, place);
                    FileFormat format = formats.Require(options.Format?.Name ?? context.Format);
                    known = contexts[origin.Context ?? ""] = (format, Inspect(format, context, options, place));
                    inferred |= known.Inspection.IsInferred;
                    union.Add(known.Inspection.Schema, origin.File ?? "", known.Inspection.IsInferred, Conflict);
                    folders.Add(new Schema(context.Folders), origin.File ?? "", inferred: true, Conflict);
                }
                catch (MillraceException e) when (e.Code == FilesErrors.BadContext)
                {
                    // The rows of other origins can be replayed all the same.
                    fault ??= e;
                    parsed[origin] = new Origin(origin.File ?? "", null, null, e);
                    continue;
                }
            }

            parsed[origin] = new Origin(origin.File ?? "", known.Format, known.Inspection, null);
        }

        if (contexts.Count == 0 && fault is not null)
        {
            throw fault;
        }

        HiveColumns hive = HiveColumns.Of(folders.Build().Fields);
        Schema offer = PlanColumns.Offer(new FileSchema(union.Build(), inferred, null, [], LookedAtAll: true), hive, options.FileColumn);
        return new FilesReplayPlan(request, PlanColumns.Choose(offer, hive, options.FileColumn, request), hive, parsed);
    }

    public ValueTask<ISplitReader> OpenAsync(ReadOnlyMemory<byte> raw, ReplayOrigin origin, IRowErrorHandler errors, CancellationToken cancellation)
    {
        Origin known = _origins[origin];
        if (known is not { Format: { } format, Inspection: { } inspection })
        {
            throw known.Fault!;
        }

        var info = new ObjectInfo(known.File, raw.Length, default, "");
        var file = new FileEntry(known.File, NoStore.Instance, info);
        var split = new FileSplit { Id = known.File, Key = known.File, Work = new FileWork(file), Range = FileRange.Whole(raw.Length) };
        var open = new OpenFile(file, format, inspection.Options, new StoreByteSource(new MemoryObject(raw, info), known.File, raw.Length));
        return new(FileSplitReader.Open(split, open, inspection, _columns, _hive, _request, errors, (0, 0)));
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static FileInspection Inspect(FileFormat format, RowContext context, FilesSourceOptions options, ErrorPlace place)
    {
        bool isSame = format.Name == context.Format;
        OptionMap given = options.Format?.Raw ?? new OptionMap(place);
        OptionMap merged = isSame ? context.Options.Where(found => !given.Entries.Any(e => IsSameName(e.Name, found.Name))) : new OptionMap(place);
        foreach (OptionEntry entry in given.Entries)
        {
            merged.Set(entry.Name, entry.Value, entry.NamePlace);
        }

        var file = new FileInspection { Schema = context.Columns, Options = FormatChoices.Bind(format, merged), IsInferred = context.IsInferred };
        return format.OfSingleRow(file) ?? throw FilesErrors.BadContext.Error($"Rows of {format.Name} files cannot be read outside of their file.", place);
    }

    private static bool IsSameName(string a, string b) => Plain(a).Equals(Plain(b), StringComparison.OrdinalIgnoreCase);

    private static string Plain(string name) => name.Replace("_", "", StringComparison.Ordinal).Replace("-", "", StringComparison.Ordinal);

    private static MillraceException Conflict(string column, DataType a, string fileA, DataType b, string fileB)
        => FilesErrors.Conflict(column, a.ToString(), fileA, b.ToString(), fileB);

    private sealed record Origin(string File, FileFormat? Format, FileInspection? Inspection, MillraceException? Fault);

    // Rows in memory come from no store.
    private static class NoStore
    {
        public static IObjectStore Instance { get; } = new LocalStore(Path.GetTempPath());
    }
}
