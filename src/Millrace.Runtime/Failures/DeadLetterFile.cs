using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Millrace.Runtime;

/// <summary>
/// Bad rows of one epoch as JSON lines. They are collected in a file with a hidden name; <see cref="Publish"/> makes them
/// durable and gives the file its name before the sink commits, <see cref="Discard"/> throws them away.
/// </summary>
internal sealed class DeadLetterFile
{
    private readonly string _folder;
    private readonly string _name;
    private readonly string _job;
    private readonly string _run;
    private readonly TimeProvider _time;
    private FileStream? _stream;

    public DeadLetterFile(string folder, string tenant, string job, string run, TimeProvider time)
    {
        _folder = Path.Combine(folder, SafeName(tenant), SafeName(job));
        _name = run + ".jsonl";
        _job = job;
        _run = run;
        _time = time;
    }

    public string FinalPath => Path.Combine(_folder, _name);

    private string StagedPath => Path.Combine(_folder, "." + _name);

    public void Add(RowError error)
    {
        try
        {
            if (_stream is null)
            {
                Directory.CreateDirectory(_folder);
                _stream = new FileStream(StagedPath, FileMode.Create, FileAccess.Write, FileShare.Read, 64 << 10);
            }

            using (var json = new Utf8JsonWriter(_stream, new JsonWriterOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
            {
                Write(json, error);
            }

            _stream.WriteByte((byte)'\n');
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw RuntimeErrors.DeadLettersNotWritable.Error($"A dead letter cannot be written: {e.Message}", ErrorPlace.InFile(StagedPath), inner: e);
        }
    }

    /// <summary>Makes the letters durable under their final name. Does nothing when there are none.</summary>
    public void Publish()
    {
        if (_stream is null)
        {
            return;
        }

        try
        {
            _stream.Flush(flushToDisk: true);
            _stream.Dispose();
            _stream = null;
            File.Move(StagedPath, FinalPath, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw RuntimeErrors.DeadLettersNotWritable.Error($"Dead letters cannot be published: {e.Message}", ErrorPlace.InFile(FinalPath), inner: e);
        }
    }

    /// <summary>Removes the letters of an epoch that is not committed.</summary>
    public void Discard()
    {
        _stream?.Dispose();
        _stream = null;
        try
        {
            File.Delete(StagedPath);
            File.Delete(FinalPath);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A left-over hidden file does no harm; the run's own error matters more.
        }
    }

    private void Write(Utf8JsonWriter json, RowError error)
    {
        json.WriteStartObject();
        json.WriteString("time", _time.GetUtcNow().ToString("O", CultureInfo.InvariantCulture));
        json.WriteString("job", _job);
        json.WriteString("run", _run);
        json.WriteString("code", error.Code.Id);
        json.WriteString("message", error.Message);
        json.WriteString("file", error.Place.File);
        WriteNumber(json, "line", error.Place.Line);
        WriteNumber(json, "column", error.Place.Column);
        WriteNumber(json, "offset", error.Place.Offset);
        if (error.Place.Field is { } field)
        {
            json.WriteString("field", field);
        }

        if (System.Text.Unicode.Utf8.IsValid(error.Raw.Span))
        {
            json.WriteString("raw", error.Raw.Span);
        }
        else
        {
            json.WriteBase64String("raw_base64", error.Raw.Span);
        }

        json.WriteEndObject();
    }

    private static void WriteNumber(Utf8JsonWriter json, string name, long? value)
    {
        if (value is { } number)
        {
            json.WriteNumber(name, number);
        }
    }

    // A tenant or job may have any name; a folder of it must stay a single folder.
    private static string SafeName(string name)
    {
        var text = new StringBuilder(name.Length);
        foreach (byte b in Encoding.UTF8.GetBytes(name))
        {
            char c = (char)b;
            bool plain = char.IsAsciiLetterOrDigit(c) || c is '-' or '_' || (c == '.' && text.Length > 0);
            text.Append(plain ? c.ToString() : "%" + b.ToString("X2", CultureInfo.InvariantCulture));
        }

        return text.Length == 0 ? "%" : text.ToString();
    }
}
