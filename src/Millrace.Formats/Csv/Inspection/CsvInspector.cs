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
        CsvOptions dialect = await DialectSniffer.FillAsync(sample, options, source.Name, cancellation).ConfigureAwait(false);
        dialect = dialect with { Compression = FileCodecs.Name(sample.Codec), Encoding = TextEncodings.Name(sample.Encoding) };
        SampleTable rows = await SampleReader.ReadAsync(sample, dialect, sample.Length, options.SampleRows, cancellation).ConfigureAwait(false);
        FileInspection found = new SampleReport(source.Name, rows, dialect).ToInspection();
        if (options.SkipRows > 0 || options.Header == false || FindTable(rows, dialect) is not (> 0 and int lines))
        {
            return found;
        }

        // Titles and notes above a table are passed over if the table then has a header.
        CsvOptions below = dialect with { SkipRows = lines };
        SampleTable table = await SampleReader.ReadAsync(sample, below, sample.Length, options.SampleRows, cancellation).ConfigureAwait(false);
        FileInspection other = new SampleReport(source.Name, table, below).ToInspection();
        return ((CsvOptions)other.Options).Header == true && HeaderSniffer.LooksLikeNames(table) ? other : found;
    }

    /// <summary>Lines before the first record that has as many fields as the others; 0 if it is the first one, or far down.</summary>
    private static int FindTable(SampleTable rows, CsvOptions options)
    {
        int columns = FieldCounts.Decide(rows, options);
        for (int row = 0; row < Math.Min(rows.Rows, SampleReader.CountedLines) && columns > 1; row++)
        {
            if (rows.Fields(row) >= columns)
            {
                return rows.Fields(row) == columns && row < rows.Rows - 1 ? rows.Line(row) - 1 : 0;
            }
        }

        return 0;
    }
}
