using System.Security.Cryptography;
using System.Text;

namespace Bitrix24.CommandLine;

/// <summary>Represents a row of the file of an import: a request or an error.</summary>
/// <param name="Number">The row number, from 1, without the header row.</param>
/// <param name="Request">The request, or <see langword="null"/> if the row is invalid.</param>
/// <param name="Error">The error in the row.</param>
/// <param name="Fingerprint">A hash of the content of the row.</param>
internal sealed record ImportRow(int Number, AddCallListRequest? Request, string? Error, string Fingerprint)
{
    public static ImportRow Of(int number, string type, string ids, string webform, string unnamedFields)
    {
        var content = $"{type}\n{ids}\n{webform}{(unnamedFields.Length > 0 ? "\n" + unnamedFields : string.Empty)}";
        var fingerprint = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(content)), 0, 8);
        var request = new AddCallListRequest();

        // Unquoted ids that are separated like columns must not be lost silently.
        var error = unnamedFields.Length > 0
            ? $"'{unnamedFields}' belongs to no column. Quote ids that are separated by the same character as the columns."
            : Read(request, type, ids, webform);
        return new(number, error is null ? request : null, error, fingerprint);
    }

    private static string? Read(AddCallListRequest request, string type, string ids, string webform)
    {
        if (!CallListOptions.EntityTypes.TryGetValue(type, out var entityType))
        {
            return $"The type '{type}' is not valid. Use contact or company.";
        }

        var entities = new List<long>();
        var texts = ids.Split([',', ';', '|', ' '], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (CallListOptions.ReadIds(texts, entities) is { } invalid)
        {
            return $"'{invalid}' in the column ids is not an id.";
        }

        var webforms = new List<long>();
        if (webform.Length > 0 && CallListOptions.ReadIds([webform], webforms) is not null)
        {
            return $"The form '{webform}' is not an id. Use an id or leave the field empty.";
        }

        request.EntityType = entityType;
        request.Entities = entities;
        request.WebformId = webforms.Count > 0 ? webforms[0] : null;
        return null;
    }
}
