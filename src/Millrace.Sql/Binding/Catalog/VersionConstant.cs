using System.Globalization;
using System.Text;
using Millrace.Columnar;
using Millrace.Sql.Catalog;
using Millrace.Sql.Parsing;

namespace Millrace.Sql.Binding;

/// <summary>The state of a table that a statement asks for. It is needed before anything is bound, so it has to stand there as a constant.</summary>
internal static class VersionConstant
{
    /// <param name="version">What the statement says.</param>
    /// <param name="zone">Zone of times without one.</param>
    public static TableVersion Of(VersionSyntax version, TimeZoneInfo zone)
    {
        string text = version.Value switch
        {
            LiteralSyntax { Kind: LiteralKind.String or LiteralKind.Integer } literal => literal.Text,
            TypedLiteralSyntax literal when version.IsTime => literal.Text,
            _ => throw BindingErrors.WrongType(
                version.IsTime ? "FOR TIMESTAMP AS OF takes a time in quotes." : "FOR VERSION AS OF takes a number, or the name of a branch or tag in quotes.",
                version.Span, version.IsTime ? "Write it as '2026-03-01 12:00:00', or TIMESTAMP '…'." : null),
        };
        return new TableVersion(version.IsTime ? Instant(text, version.Span, zone) : text, version.IsTime);
    }

    private static string Instant(string text, TextSpan span, TimeZoneInfo zone)
    {
        if (!TimestampText.TryParse(Encoding.UTF8.GetBytes(text.Trim()), TimeUnit.Microsecond, instant: true, out long micros, out bool hasZone))
        {
            throw BindingErrors.BadConstant(text, DataType.Timestamp(TimeUnit.Microsecond, "UTC"), span);
        }

        DateTime time = DateTime.UnixEpoch.AddTicks(micros * TimeSpan.TicksPerMicrosecond);
        DateTime utc = hasZone ? time : time - zone.GetUtcOffset(DateTime.SpecifyKind(time, DateTimeKind.Unspecified));
        return utc.ToString("yyyy-MM-ddTHH:mm:ss.ffffffZ", CultureInfo.InvariantCulture);
    }
}
