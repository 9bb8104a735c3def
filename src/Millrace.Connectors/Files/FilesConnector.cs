using Millrace.Connectors.Files;
using Millrace.Formats;
using Millrace.Sdk;
using Millrace.Storage;

[assembly: Connector("files", typeof(FilesConnector))]

namespace Millrace.Connectors.Files;

/// <summary>Files on disks of this machine and in clouds.</summary>
public sealed class FilesConnector : Connector
{
    private readonly FormatRegistry _formats;
    private readonly Func<IObjectStore, IObjectStore> _openTarget;
    private readonly PipeCopies _pipes;
    private readonly Func<Stream> _openOutput;

    public FilesConnector()
        : this(FormatRegistry.BuiltIn)
    {
    }

    /// <summary>A connector that knows other formats than the built-in ones.</summary>
    /// <param name="formats">The formats.</param>
    /// <param name="openTarget">Gives the store that a sink uses for a folder, such as one that fails on purpose.</param>
    /// <param name="openInput">Opens what the path <c>-</c> of a source stands for.</param>
    /// <param name="openOutput">Opens what the path <c>-</c> of a target stands for.</param>
    public FilesConnector(FormatRegistry formats, Func<IObjectStore, IObjectStore>? openTarget = null, Func<Stream>? openInput = null, Func<Stream>? openOutput = null)
    {
        _formats = formats;
        _pipes = new PipeCopies(openInput ?? LocalPipe.OpenStandardInput);
        _openOutput = openOutput ?? LocalPipe.OpenStandardOutput;
        _openTarget = openTarget ?? (static store => store);
    }

    public override string Summary => "Files and folders on disk and in clouds, in every format that Millrace knows, with patterns and partition folders.";

    public override IReadOnlyList<string> Schemes { get; } = ["", "file", .. ObjectStores.RemoteSchemes];

    public override Type SourceOptions => typeof(FilesSourceOptions);

    public override Type SinkOptions => typeof(FilesTargetOptions);

    public override ConnectorCapabilities Capabilities { get; } = new()
    {
        ReadModes = [ReadMode.Full, ReadMode.Incremental],
        WriteModes = [WriteMode.Append, WriteMode.Overwrite],
        Guarantee = DeliveryGuarantee.ExactlyOnce,
        PushesProjection = true,
        PushesPredicate = true,
        PushesLimit = false,
        ReadsInParallel = true,
        Limits =
        [
            "Folders that are links are not followed.",
            "In clouds a run takes a folder over from one that still writes into it, which then fails: there are no locks to tell that it lives.",
            "Standard input is copied to a temporary file first; standard output gets rows before they are committed.",
            "A file that only grew is read on where it ended only in formats of lines without compression.",
        ],
    };

    /// <summary>
    /// A path is taken as it is, commas included; in a <c>file://</c> URL it is unescaped. In the address of a cloud, what is no
    /// option of this connector is one of the store.
    /// </summary>
    public override OptionMap OptionsOf(Location location, ConnectorRole role)
    {
        if (ObjectStores.OptionsOf(location.Scheme) is { } group)
        {
            return OfStore(location, group, role == ConnectorRole.Source ? SourceOptions : SinkOptions);
        }

        OptionMap options = location.ToOptions("path");
        string path = location.Scheme.Length == 0 ? location.Path : Uri.UnescapeDataString(location.Path);
        options.Set("path", new OptionScalar(path, options.Place, Quoted: true));
        return options;
    }

    public override IReadOnlyList<string> OutputsOf(object options, ConnectorContext context)
    {
        var target = (FilesTargetOptions)options;
        if (target.Path is StandardOutputSink.Path or "/dev/stdout")
        {
            return [ConnectorContext.StandardOutput];
        }

        TargetPath path = TargetPath.Parse(target.Path, context.BaseDirectory, isFolder: target.Partition.Count > 0);
        return [path.File is null ? path.Folder.TrimEnd('/') + "/" : Path.Combine(path.Folder, path.File)];
    }

    public override string TargetOf(object options, ConnectorContext context)
        => ((FilesTargetOptions)options).Path is var path && ObjectStores.IsRemote(path) ? path : base.TargetOf(options, context);

    private static OptionMap OfStore(Location location, string group, Type record)
    {
        OptionMap all = location.ToOptions("path");
        var options = new OptionMap(all.Place);
        options.Set("path", new OptionScalar($"{location.Scheme}://{location.Path}", all.Place, Quoted: true));
        foreach (OptionEntry entry in all.Entries.Where(e => e.Name != "path"))
        {
            bool isOwn = entry.Value is OptionMap || OptionInfo.Of(record).Any(o => o.Name == entry.Name);
            options.SetPath(isOwn ? entry.Name : $"{group}.{entry.Name}", entry.Value);
        }

        return options;
    }

    public override ISource OpenSource(object options, ConnectorContext context) => new FilesSource((FilesSourceOptions)options, context, _formats, _pipes);

    public override ISink OpenSink(object options, ConnectorContext context)
    {
        var target = (FilesTargetOptions)options;
        if (target.Path is StandardOutputSink.Path or "/dev/stdout")
        {
            return new StandardOutputSink(OutputFormat.Choose(target, _formats, StandardOutputSink.Path), _openOutput);
        }

        if (target.Partition.Count > 0 && _formats.FindByPath(target.Path) is not null && !Directory.Exists(Path.GetFullPath(target.Path, context.BaseDirectory)))
        {
            throw FilesErrors.BadTarget.Error(
                $"'{target.Path}' is the name of a file, and partitions need a folder.", ErrorPlace.InFile(target.Path), "End the path with a slash, and set `format`.");
        }

        TargetPath path = TargetPath.Parse(target.Path, context.BaseDirectory, isFolder: target.Partition.Count > 0);
        OutputFormat format = OutputFormat.Choose(target, _formats, path.File);
        IObjectStore store = _openTarget(path.IsRemote ? ObjectStores.Open(path.Folder, target.Stores).Store : new LocalStore(path.Folder, path.Display));
        return path.File is null ? new DatasetSink(path, target, format, store, context) : new FileSink(path, target, format, store, context);
    }
}
