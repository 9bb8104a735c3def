using System.Globalization;
using Millrace.Storage;

namespace Millrace.Connectors.Iceberg;

/// <summary>How a store is reached, and with which credentials, in the properties that catalogs tell (Iceberg documentation, "FileIO" of the clouds).</summary>
internal static class StoreSettings
{
    private const string S3Key = "s3.access-key-id";
    private const string SasToken = "adls.sas-token";

    /// <summary>Fills what the user left out.</summary>
    public static StoreOptions Fill(StoreOptions given, IReadOnlyDictionary<string, string> settings)
    {
        S3Options s3 = given.S3 ?? new S3Options();
        GcsOptions gcs = given.Gcs ?? new GcsOptions();
        return given with
        {
            S3 = s3 with
            {
                Endpoint = s3.Endpoint ?? settings.GetValueOrDefault("s3.endpoint"),
                Region = s3.Region ?? settings.GetValueOrDefault("s3.region") ?? settings.GetValueOrDefault("client.region"),
                PathStyle = s3.PathStyle ?? (bool.TryParse(settings.GetValueOrDefault("s3.path-style-access"), out bool path) ? path : null),

                // No commit relies on conditions: the catalog decides, and files have names that nobody else has.
                ConditionalWrites = s3.ConditionalWrites ?? S3Conditions.Trust,
            },
            Gcs = gcs with { Endpoint = gcs.Endpoint ?? settings.GetValueOrDefault("gcs.service.host") },
        };
    }

    /// <summary>The credentials among the properties; null where there are none.</summary>
    /// <param name="settings">The properties.</param>
    /// <param name="location">Location of the table, whose account may be one of several.</param>
    public static StoreCredentials? Credentials(IReadOnlyDictionary<string, string> settings, string location)
    {
        if (settings.TryGetValue(S3Key, out string? id) && settings.TryGetValue("s3.secret-access-key", out string? secret))
        {
            return new StoreCredentials
            {
                AccessKeyId = id,
                SecretAccessKey = secret,
                SessionToken = settings.GetValueOrDefault("s3.session-token"),
                ExpiresAt = Time(settings, "s3.session-token-expires-at-ms"),
            };
        }

        if (settings.TryGetValue("gcs.oauth2.token", out string? token))
        {
            return new StoreCredentials { AccessToken = token, ExpiresAt = Time(settings, "gcs.oauth2.token-expires-at") };
        }

        string? sas = SignatureFor(settings, location);
        return sas is null ? null : new StoreCredentials { SasToken = settings[sas].TrimStart('?'), ExpiresAt = Time(settings, "adls.sas-token-expires-at-ms" + sas[SasToken.Length..]) };
    }

    /// <summary>The accounts that there are signatures for.</summary>
    public static IReadOnlyList<string> SignedAccounts(IReadOnlyDictionary<string, string> settings)
        => [.. settings.Keys.Where(k => k.StartsWith(SasToken + ".", StringComparison.Ordinal)).Select(k => k[(SasToken.Length + 1)..]).Order(StringComparer.Ordinal)];

    // The account follows behind a dot, as a name or a host: the one of the table's location counts, then one for all. None is sent to an
    // account that it was not lent for.
    private static string? SignatureFor(IReadOnlyDictionary<string, string> settings, string location)
    {
        string host = location[(location.IndexOf('@', StringComparison.Ordinal) + 1)..].Split('/')[0];
        return Array.Find([$"{SasToken}.{host}", $"{SasToken}.{host.Split('.')[0]}", SasToken], settings.ContainsKey);
    }

    private static DateTimeOffset? Time(IReadOnlyDictionary<string, string> settings, string name)
        => long.TryParse(settings.GetValueOrDefault(name), CultureInfo.InvariantCulture, out long ms) && ms is > 0 and < 253_402_300_800_000 ? DateTimeOffset.FromUnixTimeMilliseconds(ms) : null;
}
