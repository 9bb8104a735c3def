using Millrace.Formats;
using Millrace.Formats.Compression;
using Millrace.Sdk;

namespace Millrace.Connectors.Files;

/// <summary>The format that files are written in.</summary>
/// <param name="Format">The format.</param>
/// <param name="Options">Its options, bound and valid.</param>
/// <param name="Ending">Ending of names of new files, such as <c>.csv.gz</c>.</param>
internal sealed record OutputFormat(FileFormat Format, FormatOptions Options, string Ending)
{
    /// <summary>Format of the files of a folder when nobody names one.</summary>
    private const string UsualFormat = "parquet";

    private const string CompressionOption = "compression";

    /// <param name="options">What the user asks for.</param>
    /// <param name="formats">The formats there are.</param>
    /// <param name="file">Name of the one file to write; null for a folder.</param>
    public static OutputFormat Choose(FilesTargetOptions options, FormatRegistry formats, string? file)
    {
        FileFormat format = FormatOf(options, formats, file);
        if (!format.Capabilities.CanWrite)
        {
            throw FormatErrors.NotWritable.Error($"Files of format {format.Name} can be read but not written.", ErrorPlace.InFile(options.Path));
        }

        return new OutputFormat(format, FormatChoices.Bind(format, WithCompression(options)), EndingOf(format, options));
    }

    private static FileFormat FormatOf(FilesTargetOptions options, FormatRegistry formats, string? file)
    {
        if (options.Format?.Name is { } name)
        {
            return formats.Require(name);
        }

        if (file is null)
        {
            return formats.Require(UsualFormat);
        }

        return formats.FindByPath(file[..^FileCodecs.Ending(file).Length]) ?? throw FormatErrors.UnknownFormat.Error(
            $"The name '{file}' does not tell a format. Formats: {string.Join(", ", formats.All.Where(f => f.Capabilities.CanWrite).Select(f => f.Name))}.",
            ErrorPlace.InFile(options.Path),
            "Name it with the option `format`, or end the path with a slash to write files into a folder.");
    }

    private static OptionChoice<FormatChoices>? WithCompression(FilesTargetOptions options)
    {
        if (options.Compression is not { } compression)
        {
            return options.Format;
        }

        var raw = new OptionMap(options.Format?.Raw.Place ?? ErrorPlace.InFile(options.Path));
        foreach (OptionEntry entry in options.Format?.Raw.Entries ?? [])
        {
            raw.Set(entry.Name, entry.Value, entry.NamePlace);
        }

        if (raw[CompressionOption] is null)
        {
            raw.Set(CompressionOption, new OptionScalar(compression, raw.Place, Quoted: true));
        }

        return new OptionChoice<FormatChoices>(options.Format?.Name, raw);
    }

    // Formats that compress inside keep their ending; for text the ending tells the codec.
    private static string EndingOf(FileFormat format, FilesTargetOptions options)
    {
        string ending = "." + format.Extensions[0];
        string? compression = (options.Format?.Raw[CompressionOption] as OptionScalar)?.Text ?? options.Compression;
        return compression is null || format.Capabilities.CompressesInside ? ending : ending + FileCodecs.UsualEnding(FileCodecs.Parse(compression));
    }
}
