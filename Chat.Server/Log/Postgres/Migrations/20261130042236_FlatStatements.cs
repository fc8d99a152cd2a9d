using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Chat.Server.Log.Postgres.Migrations
{
    /// <inheritdoc />
    public partial class FlatStatements : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            // Nodes of the version before go on writing meanwhile: indexes are made concurrently, outside of a transaction, and each step may be repeated.
            Run("""ALTER TABLE "Rooms" ADD COLUMN IF NOT EXISTS "CountedAt" bigint NULL, ADD COLUMN IF NOT EXISTS "MemberCount" bigint NULL""");
            Create("IX_Rooms_Kind_NameKey_Id", """ON "Rooms" ("Kind", "NameKey", "Id")""");
            Create("IX_Members_RoomId_Owner_JoinSeq", """ON "Members" ("RoomId", "Owner", "JoinSeq") WHERE "LeftSeq" IS NULL""");
            Create("IX_Members_RoomId_UserName_UserId", """ON "Members" ("RoomId", "UserName", "UserId") WHERE "LeftSeq" IS NULL""");
            Create("IX_Members_UserId_RoomId", """ON "Members" ("UserId", "RoomId")""");
            Create("IX_Events_RoomChanges", """ON "Events" ("RoomId", "Seq") WHERE "Type" = 'room'""");
            // Counts unread messages without reading their bodies. EF Core's model does not have it, since on SQLite its key is an expression.
            Create("IX_Events_Unread", """ON "Events" ("RoomId", "Seq") INCLUDE ("SenderId") WHERE "Type" = 'message' AND "Body" IS NOT NULL""");
            foreach (var old in (string[])["IX_Rooms_Kind_NameKey", "IX_Members_RoomId_UserName", "IX_Members_UserId"])
                Run($"DROP INDEX CONCURRENTLY IF EXISTS \"{old}\"");
            // Counts belong to the head of the same moment. If a room's head has moved meanwhile, what came after is added later.
            Run("""
                UPDATE "Rooms" r SET "MemberCount" = c.members, "CountedAt" = c.head FROM (
                    SELECT o."Id" AS id, o."Head" AS head, (SELECT count(*) FROM "Members" m WHERE m."RoomId" = o."Id" AND m."LeftSeq" IS NULL) AS members
                    FROM "Rooms" o WHERE o."CountedAt" IS NULL) c
                WHERE r."Id" = c.id AND r."CountedAt" IS NULL
                """);

            // An index whose making was broken off stays, is not used, and keeps its name.
            void Create(string name, string on)
            {
                Run($"DROP INDEX CONCURRENTLY IF EXISTS \"{name}\"");
                Run($"CREATE INDEX CONCURRENTLY IF NOT EXISTS \"{name}\" {on}");
            }

            void Run(string sql) => migrationBuilder.Sql(sql, suppressTransaction: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.Sql("DROP INDEX IF EXISTS \"IX_Events_Unread\"");

            migrationBuilder.DropIndex(
                name: "IX_Rooms_Kind_NameKey_Id",
                table: "Rooms");

            migrationBuilder.DropIndex(
                name: "IX_Members_RoomId_Owner_JoinSeq",
                table: "Members");

            migrationBuilder.DropIndex(
                name: "IX_Members_RoomId_UserName_UserId",
                table: "Members");

            migrationBuilder.DropIndex(
                name: "IX_Members_UserId_RoomId",
                table: "Members");

            migrationBuilder.DropIndex(
                name: "IX_Events_RoomChanges",
                table: "Events");

            migrationBuilder.DropColumn(
                name: "CountedAt",
                table: "Rooms");

            migrationBuilder.DropColumn(
                name: "MemberCount",
                table: "Rooms");

            migrationBuilder.CreateIndex(
                name: "IX_Rooms_Kind_NameKey",
                table: "Rooms",
                columns: new[] { "Kind", "NameKey" });

            migrationBuilder.CreateIndex(
                name: "IX_Members_RoomId_UserName",
                table: "Members",
                columns: new[] { "RoomId", "UserName" },
                filter: "\"LeftSeq\" IS NULL");

            migrationBuilder.CreateIndex(
                name: "IX_Members_UserId",
                table: "Members",
                column: "UserId");
        }
    }
}
