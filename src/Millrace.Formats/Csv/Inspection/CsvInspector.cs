using Millrace.Formats.Compression;
using Millrace.Formats.Text;

namespace Millrace.Formats.Csv;

/// <summary>Finds out dialect, header, names and types of a file from a sample of it.</summary>
internal static class CsvInspector
{
    public static async ValueTask<FileInspection> InspectAsync(IByteSource source, CsvOptions options, CancellationToken cancellation)
    {
        string[] faults = [.. options.Validate()];
        if (faults.Length > 0)
        {
            throw CsvErrors.Options(faults);
        }

        using TextSample sample = await TextSample.ReadAsync(source, options, cancellation).ConfigureAwait(false);
        CsvOptions dialect = await DialectSniffer.FillAsync(sample, options, cancellation).ConfigureAwait(false);
        dialect = dialect with { Compression = FileCodecs.Name(sample.Codec), Encoding = TextEncodings.Name(sample.Encoding) };
        SampleTable rows = await SampleReader.ReadAsync(sample, dialect, sample.Length, options.SampleRows, cancellation).ConfigureAwait(false);
        return new SampleReport(source.Name, rows, dialect).ToInspection();
    }
}
