using Millrace.Connectors.Common;
using Millrace.Formats;
using Millrace.Formats.Compression;
using Millrace.Sdk;
using Millrace.Storage;

namespace Millrace.Connectors.Files;

/// <summary>Finds the files that the options mean, in ordinal order of their paths.</summary>
internal sealed class FileFinder
{
    private readonly FilesSourceOptions _options;
    private readonly FormatRegistry _formats;
    private readonly ConnectorContext _context;
    private readonly PipeCopies _pipes;
    private readonly StorePool _stores;
    private readonly (Glob Glob, bool NameOnly)[] _include;
    private readonly (Glob Glob, bool NameOnly)[] _exclude;

    public FileFinder(FilesSourceOptions options, FormatRegistry formats, ConnectorContext context, PipeCopies pipes, StorePool stores)
    {
        _stores = stores;
        _options = options;
        _formats = formats;
        _context = context;
        _pipes = pipes;
        _include = [.. options.Include.Select(ParseFilter)];
        _exclude = [.. options.Exclude.Select(ParseFilter)];
    }

    /// <summary>The files of several paths; one that two paths name is there once.</summary>
    /// <param name="paths">The paths.</param>
    /// <param name="cancellation">Stops the search.</param>
    /// <param name="follows">Whether the paths are looked at again and again: one without a file is no error, since one may come, and any number of files may gather in them.</param>
    public async ValueTask<List<FileEntry>> FindAsync(IEnumerable<PathPattern> paths, CancellationToken cancellation, bool follows = false)
    {
        var files = new SortedDictionary<string, FileEntry>(StringComparer.Ordinal);
        foreach (PathPattern path in paths)
        {
            bool any = false;
            foreach (FileEntry file in await FindOneAsync(path, follows, cancellation).ConfigureAwait(false))
            {
                any = true;
                files[file.Key] = file;
                if (files.Count > _options.MaxFiles && !follows)
                {
                    throw FilesErrors.TooManyFiles.Error($"'{path.Text}' names more than {_options.MaxFiles} files.", ErrorPlace.InFile(path.Text));
                }
            }

            if (!any && !follows)
            {
                OnMissing(path);
            }
        }

        return [.. files.Values];
    }

    private async ValueTask<List<FileEntry>> FindOneAsync(PathPattern path, bool follows, CancellationToken cancellation)
    {
        if (path.Text is PipeCopies.StandardInput or "/dev/stdin")
        {
            return [await _pipes.ReadStandardInputAsync(cancellation).ConfigureAwait(false)];
        }

        OwnOutput own = await OwnOutput.FindAsync(path, _context, _stores, cancellation).ConfigureAwait(false);
        var files = new List<FileEntry>();
        if (path.File is { } name)
        {
            if (path.Root is { } root && Path.Combine(root, name) is var full && LocalPipe.IsPipe(full))
            {
                files.Add(await _pipes.ReadPipeAsync(path.Text, full, cancellation).ConfigureAwait(false));
            }
            else if (name.Length > 0 && await path.Store.FindAsync(name, cancellation).ConfigureAwait(false) is { } info)
            {
                files.Add(new FileEntry(path.Folder + name, path.Store, info));
            }
            else if (path.AsFolder() is { } folder)
            {
                return await FindOneAsync(folder, follows, cancellation).ConfigureAwait(false);
            }

            return files;
        }

        await foreach (ObjectInfo info in path.Store.ListAsync(path.Prefix, folder => Enters(path, folder) && !LeavesOut(own, path, folder), cancellation).ConfigureAwait(false))
        {
            if (path.IsMatch(info.Name) && !IsHidden(info.Name) && IsWanted(info.Name) && !LeavesOut(own, path, info.Name))
            {
                files.Add(new FileEntry(path.Folder + info.Name, path.Store, info));
                if (files.Count > _options.MaxFiles && !follows)
                {
                    break;
                }
            }
        }

        if (path.IsFolder)
        {
            TableFolders.Refuse(path, files);
        }

        return path.IsFolder && _options.Format?.Name is null ? OnlyData(path, files) : files;
    }

    private bool Enters(PathPattern path, string folder)
        => !IsHidden(folder.TrimEnd('/')) && (path.IsFolder ? _options.Recursive : path.MayContain(folder));

    private bool LeavesOut(OwnOutput own, PathPattern path, string name)
    {
        if (!own.Holds(name))
        {
            return false;
        }

        _context.Note($"what the job writes itself is left out of {path.Text}");
        return true;
    }

    private bool IsHidden(string name)
    {
        if (!_options.IgnoreHidden)
        {
            return false;
        }

        foreach (Range part in name.AsSpan().Split('/'))
        {
            ReadOnlySpan<char> text = name.AsSpan()[part];
            if (text[0] == '.' || (text[0] == '_' && !text.Contains('=')))
            {
                return true;
            }
        }

        return false;
    }

    private bool IsWanted(string name)
        => (_include.Length == 0 || Fits(_include, name)) && !Fits(_exclude, name);

    private static bool Fits((Glob Glob, bool NameOnly)[] filters, string name)
    {
        string file = name[(name.LastIndexOf('/') + 1)..];
        return Array.Exists(filters, f => f.Glob.IsMatch(f.NameOnly ? file : name));
    }

    // A folder of data may hold a README or a checksum too.
    private List<FileEntry> OnlyData(PathPattern path, List<FileEntry> files)
    {
        List<FileEntry> known = files.FindAll(f => _formats.FindByPath(f.Key[..^FileCodecs.Ending(f.Key).Length]) is not null);
        if (known.Count == 0 || known.Count == files.Count)
        {
            return files;
        }

        _context.Note($"{files.Count - known.Count} files in {path.Text} were left out: their endings belong to no format");
        return known;
    }

    private void OnMissing(PathPattern path)
    {
        if (_options.Missing == MissingFiles.Skip)
        {
            _context.Note($"there is no file '{path.Text}'");
            return;
        }

        throw path.File is null ? FilesErrors.NoMatch(path.Text) : FilesErrors.Missing(path.Text, path.Root is { } root ? NearestPath.Suggest(root, path.File) : "");
    }

    private static (Glob Glob, bool NameOnly) ParseFilter(string text)
        => Glob.TryParse(text, out Glob glob, out string fault)
            ? (glob, !text.Contains('/', StringComparison.Ordinal))
            : throw FilesErrors.BadPattern.Error($"The pattern '{text}' {fault}.");
}
