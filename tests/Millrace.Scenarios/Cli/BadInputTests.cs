using System.Globalization;
using System.IO.Compression;
using System.Text;

namespace Millrace.Scenarios.Cli;

/// <summary>Input that is wrong: each fault has a code, a place and a hint, and leaves no output that looks whole.</summary>
public sealed class BadInputTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly MillraceProcess _millrace;

    public BadInputTests() => _millrace = new MillraceProcess(_folder.Path);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_missing_file_names_the_nearest_one()
    {
        Write("orders.csv", "id\n1\n");

        await FailsAsync("MR3031", "There is no file 'order.csv'", "copy", "order.csv", "out.parquet");
    }

    [Fact]
    public async Task An_output_that_exists_is_kept()
    {
        Write("a.csv", "id\n1\n");
        Write("out.parquet", "precious");

        MillraceResult result = await _millrace.RunAsync("copy", "a.csv", "out.parquet");

        Assert.Equal(2, result.ExitCode);
        Assert.StartsWith("error MR3040: ", WithoutNotes(result), StringComparison.Ordinal);
        Assert.Contains("--overwrite", result.Errors, StringComparison.Ordinal);
        Assert.Equal("precious", File.ReadAllText(Full("out.parquet")));
    }

    [Fact]
    public async Task A_file_is_neither_appended_to_nor_a_folder_of_partitions()
    {
        Write("a.csv", "id\n1\n");
        Write("b.csv", "precious");

        MillraceResult append = await _millrace.RunAsync("copy", "a.csv", "b.csv", "--write", "append");
        await FailsAsync("MR3043", "'out.csv' is the name of a file, and partitions need a folder.", "copy", "a.csv", "out.csv", "--partition", "id");

        Assert.Equal(2, append.ExitCode);
        Assert.Contains("MR3040: b.csv: 'b.csv' exists already, and a single file cannot be appended to.", append.Errors, StringComparison.Ordinal);
        Assert.Equal("precious", File.ReadAllText(Full("b.csv")));
    }

    [Fact]
    public async Task Rows_with_too_few_or_too_many_fields_are_bad_rows()
    {
        Write("a.csv", "id,name\n1,a\n2\n3,c,d\n4,e\n");

        await FailsAsync(null, "a.csv:3", "copy", "a.csv", "out.parquet");
        MillraceResult result = await _millrace.RunAsync("copy", "a.csv", "out.csv", "--on-error", "log_and_continue");

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("2 bad rows", result.Errors, StringComparison.Ordinal);
        Assert.Contains("a.csv:3", result.Errors, StringComparison.Ordinal);
        Assert.Contains("a.csv:4", result.Errors, StringComparison.Ordinal);
        Assert.Equal("id,name\n1,a\n4,e\n", File.ReadAllText(Full("out.csv")));
    }

    [Fact]
    public async Task A_value_that_does_not_fit_its_declared_type_stops_the_copy_at_its_place()
    {
        Write("a.csv", "id,day\n1,2024-01-05\n2,2024-02-30\n");

        await FailsAsync("MR2004", "a.csv:3:3 (column day): '2024-02-30'", "copy", "a.csv", "out.parquet", "--columns", "id,day:date");
    }

    [Fact]
    public async Task Dead_letters_keep_the_original_row()
    {
        Write("a.csv", "id,day\n1,2024-01-05\n\"2\",2024-02-30\n3,2024-03-01\n");

        MillraceResult result = await _millrace.RunAsync("copy", "a.csv", "out.csv", "--columns", "id,day:date", "--on-error", "dead_letter", "--json");

        Assert.Equal(1, result.ExitCode);
        string folder = Full((string)result.Json[^1]["dead_letters"]!);
        Assert.Equal(1, (int?)result.Json[^1]["new_dead_letters"]);
        Assert.Contains(@"""raw"":""\""2\"",2024-02-30""", File.ReadAllText(Assert.Single(Directory.GetFiles(folder))), StringComparison.Ordinal);
        Assert.Equal("id,day\n1,2024-01-05\n3,2024-03-01\n", File.ReadAllText(Full("out.csv")));
    }

    [Fact]
    public async Task A_wrong_delimiter_says_which_columns_it_makes()
    {
        Write("a.csv", "id;name\n1;a\n");

        await FailsAsync("MR2903", "Columns: id;name", "copy", "a.csv", "out.parquet", "-s", "format.delimiter=,", "-s", "format.header=true", "--columns", "id");
    }

    [Fact]
    public async Task Invalid_utf8_is_named_with_its_place()
    {
        File.WriteAllBytes(Full("a.csv"), [.. "id,name\n1,ok\n2,b"u8, 0xC3, 0x28, .. "\n"u8]);

        await FailsAsync(null, "a.csv:3", "copy", "a.csv", "out.parquet", "-s", "format.encoding=utf-8");
    }

    [Fact]
    public async Task A_truncated_gzip_is_an_error_and_not_a_short_file()
    {
        var text = new StringBuilder("id,name\n");
        for (int i = 0; i < 50_000; i++)
        {
            text.Append(CultureInfo.InvariantCulture, $"{i},name {i * 7919 % 50_000}\n");
        }

        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(Encoding.UTF8.GetBytes(text.ToString()));
        }

        File.WriteAllBytes(Full("a.csv.gz"), packed.ToArray()[..^2000]);

        await FailsAsync(null, "a.csv.gz", "copy", "a.csv.gz", "out.parquet");
    }

    [Fact]
    public async Task Truncated_and_damaged_parquet_is_an_error()
    {
        Write("a.csv", "id,name\n" + string.Concat(Enumerable.Range(0, 5000).Select(i => $"{i},name {i * 7919}\n")));
        Assert.Equal(0, (await _millrace.RunAsync("copy", "a.csv", "good.parquet")).ExitCode);
        byte[] good = File.ReadAllBytes(Full("good.parquet"));
        File.WriteAllBytes(Full("short.parquet"), good[..(good.Length / 2)]);
        byte[] flipped = [.. good];
        for (int i = 100; i < 2000; i += 50)
        {
            flipped[i] ^= 0x55;
        }

        File.WriteAllBytes(Full("flipped.parquet"), flipped);

        await FailsAsync(null, "short.parquet", "copy", "short.parquet", "out.csv");
        await FailsAsync(null, "flipped.parquet", "copy", "flipped.parquet", "out.csv");
    }

    [Fact]
    public async Task A_file_of_no_known_format_says_what_there_is()
    {
        Write("a.xyz", "\u0001\u0002\u0003");

        await FailsAsync("MR2001", "Formats: avro, csv, json, markdown-kv, parquet", "copy", "a.xyz", "out.parquet");
    }

    [Fact]
    public async Task A_full_disk_leaves_no_output()
    {
        string disk = Full("disk");
        Directory.CreateDirectory(disk);
        Assert.SkipUnless(await ShellAsync($"mount -t tmpfs -o size=64k none '{disk}'"), "a small file system can be mounted by root only");
        try
        {
            Write("a.csv", "id,name\n" + string.Concat(Enumerable.Range(0, 30_000).Select(i => $"{i},name {i * 7919}\n")));

            MillraceResult result = await _millrace.RunAsync("copy", "a.csv", "disk/out.csv");

            Assert.Equal(2, result.ExitCode);
            Assert.Contains("space", WithoutNotes(result), StringComparison.OrdinalIgnoreCase);
            Assert.Empty(Directory.GetFileSystemEntries(disk));
        }
        finally
        {
            await ShellAsync($"umount '{disk}'");
        }
    }

    private string Full(string name) => Path.Combine(_folder.Path, name);

    private void Write(string name, string text) => File.WriteAllText(Full(name), text);

    private static string WithoutNotes(MillraceResult result)
        => string.Concat(result.Errors.Split('\n').Where(l => !l.StartsWith("note: ", StringComparison.Ordinal)).Select(l => l + "\n"));

    // The last argument names the output, unless options follow it; no command leaves one.
    private async Task FailsAsync(string? code, string message, params string[] arguments)
    {
        MillraceResult result = await _millrace.RunAsync(arguments);

        string errors = WithoutNotes(result);
        Assert.Equal(2, result.ExitCode);
        Assert.Matches($"^error {code ?? "MR\\d{4}"}: ", errors);
        Assert.DoesNotContain("MR4999", errors, StringComparison.Ordinal);
        Assert.Contains(message, errors, StringComparison.Ordinal);
        Assert.Matches(@"\n  \S", errors);
        Assert.Equal("", result.Output);
        Assert.Empty(Directory.GetFileSystemEntries(_folder.Path, "*out*", SearchOption.AllDirectories));
    }

    private static async Task<bool> ShellAsync(string command)
    {
        using var process = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo("/bin/sh", ["-c", command]) { RedirectStandardError = true })!;
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return process.ExitCode == 0;
    }
}
