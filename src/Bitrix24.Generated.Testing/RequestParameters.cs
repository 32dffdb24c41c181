using System.Net.Http.Headers;
using Microsoft.AspNetCore.WebUtilities;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace Bitrix24.Testing;

/// <summary>Reads the parameters of a request from its query string and its body: JSON, a form or a form with several parts.</summary>
internal static class RequestParameters
{
    private static readonly JsonMergeSettings BodyWins = new()
    {
        MergeArrayHandling = MergeArrayHandling.Replace,
        MergeNullValueHandling = MergeNullValueHandling.Merge,
    };

    /// <summary>Returns the parameters of the query string and of the body. The body has precedence.</summary>
    internal static async Task<JObject> ReadAsync(ReceivedRequest request, byte[]? body)
    {
        var parameters = PhpQuery.Decode(new Uri("http://portal" + request.PathAndQuery).Query.TrimStart('?'));
        parameters.Merge(await ReadBodyAsync(request, body ?? []).ConfigureAwait(false), BodyWins);
        return parameters;
    }

    private static async Task<JObject> ReadBodyAsync(ReceivedRequest request, byte[] body)
    {
        _ = MediaTypeHeaderValue.TryParse(request.Headers.GetValueOrDefault("Content-Type"), out var type);
        return type?.MediaType?.ToUpperInvariant() switch
        {
            "APPLICATION/X-WWW-FORM-URLENCODED" => PhpQuery.Decode(request.Body),
            "MULTIPART/FORM-DATA" => PhpQuery.Decode(await ReadPartsAsync(type, body).ConfigureAwait(false)),
            _ => ReadJson(request.Body),
        };
    }

    /// <summary>Decodes JSON. Text that is not a JSON object counts as an empty request.</summary>
    private static JObject ReadJson(string body)
    {
        try
        {
            using var json = new JsonTextReader(new StringReader(body)) { DateParseHandling = DateParseHandling.None };
            return JToken.Load(json) as JObject ?? [];
        }
        catch (JsonException)
        {
            return [];
        }
    }

    /// <summary>Returns the names and values of the parts, except files. A body that is not well-formed ends at the damaged part.</summary>
    private static async Task<IReadOnlyList<(string Name, string Value)>> ReadPartsAsync(MediaTypeHeaderValue type, byte[] body)
    {
        var fields = new List<(string Name, string Value)>();
        var boundary = type.Parameters.FirstOrDefault(IsBoundary)?.Value?.Trim('"');
        if (string.IsNullOrEmpty(boundary))
        {
            return fields;
        }

        try
        {
            var reader = new MultipartReader(boundary, new MemoryStream(body));
            while (await reader.ReadNextSectionAsync().ConfigureAwait(false) is { } section)
            {
                if (section.AsFormDataSection() is { } field)
                {
                    fields.Add((field.Name, await field.GetValueAsync().ConfigureAwait(false)));
                }
            }
        }
        catch (IOException)
        {
            // The fields before the damaged part count.
        }

        return fields;
    }

    private static bool IsBoundary(NameValueHeaderValue parameter) => parameter.Name.Equals("boundary", StringComparison.OrdinalIgnoreCase);
}
