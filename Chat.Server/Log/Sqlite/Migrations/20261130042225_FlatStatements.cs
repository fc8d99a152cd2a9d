using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Chat.Server.Log.Sqlite.Migrations
{
    /// <inheritdoc />
    public partial class FlatStatements : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "IX_Rooms_Kind_NameKey",
                table: "Rooms");

            migrationBuilder.DropIndex(
                name: "IX_Members_RoomId_UserName",
                table: "Members");

            migrationBuilder.DropIndex(
                name: "IX_Members_UserId",
                table: "Members");

            migrationBuilder.AddColumn<long>(
                name: "CountedAt",
                table: "Rooms",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<long>(
                name: "MemberCount",
                table: "Rooms",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.CreateIndex(
                name: "IX_Rooms_Kind_NameKey_Id",
                table: "Rooms",
                columns: new[] { "Kind", "NameKey", "Id" });

            migrationBuilder.CreateIndex(
                name: "IX_Members_RoomId_Owner_JoinSeq",
                table: "Members",
                columns: new[] { "RoomId", "Owner", "JoinSeq" },
                filter: "\"LeftSeq\" IS NULL");

            migrationBuilder.CreateIndex(
                name: "IX_Members_RoomId_UserName_UserId",
                table: "Members",
                columns: new[] { "RoomId", "UserName", "UserId" },
                filter: "\"LeftSeq\" IS NULL");

            migrationBuilder.CreateIndex(
                name: "IX_Members_UserId_RoomId",
                table: "Members",
                columns: new[] { "UserId", "RoomId" });

            migrationBuilder.CreateIndex(
                name: "IX_Events_RoomChanges",
                table: "Events",
                columns: new[] { "RoomId", "Seq" },
                filter: "\"Type\" = 'room'");

            migrationBuilder.Sql("""
                UPDATE "Rooms" SET "CountedAt" = "Head",
                    "MemberCount" = (SELECT count(*) FROM "Members" m WHERE m."RoomId" = "Rooms"."Id" AND m."LeftSeq" IS NULL);
                """);

            // Counts unread messages without reading their bodies. The key is an expression, so that SQLite finds all that it needs in the index.
            migrationBuilder.Sql("""
                CREATE INDEX "IX_Events_Unread" ON "Events" ("RoomId", "Seq", CASE WHEN "Type" = 'message' AND "Body" IS NOT NULL THEN "SenderId" END)
                    WHERE CASE WHEN "Type" = 'message' AND "Body" IS NOT NULL THEN "SenderId" END IS NOT NULL;
                """);

            // Finds public rooms by any three characters of their names. The rows have numbers of their own, since VACUUM may change those of Rooms.
            // Triggers keep it, so that it is right whatever version writes. The names are folded already.
            migrationBuilder.Sql("""
                CREATE TABLE "RoomNameRows" ("Row" INTEGER NOT NULL PRIMARY KEY, "RoomId" TEXT NOT NULL UNIQUE);
                CREATE VIRTUAL TABLE "RoomNames" USING fts5("NameKey", tokenize = 'trigram case_sensitive 1');
                INSERT INTO "RoomNameRows" ("RoomId") SELECT "Id" FROM "Rooms" WHERE "Kind" = 0;
                INSERT INTO "RoomNames" (rowid, "NameKey") SELECT k."Row", r."NameKey" FROM "RoomNameRows" k JOIN "Rooms" r ON r."Id" = k."RoomId";
                CREATE TRIGGER "RoomNamed" AFTER INSERT ON "Rooms" WHEN new."Kind" = 0 BEGIN
                    INSERT INTO "RoomNameRows" ("RoomId") VALUES (new."Id");
                    INSERT INTO "RoomNames" (rowid, "NameKey") SELECT "Row", new."NameKey" FROM "RoomNameRows" WHERE "RoomId" = new."Id";
                END;
                CREATE TRIGGER "RoomRenamed" AFTER UPDATE OF "NameKey" ON "Rooms" WHEN new."Kind" = 0 AND new."NameKey" <> old."NameKey" BEGIN
                    UPDATE "RoomNames" SET "NameKey" = new."NameKey" WHERE rowid = (SELECT "Row" FROM "RoomNameRows" WHERE "RoomId" = new."Id");
                END;
                CREATE TRIGGER "RoomGone" AFTER DELETE ON "Rooms" WHEN old."Kind" = 0 BEGIN
                    DELETE FROM "RoomNames" WHERE rowid = (SELECT "Row" FROM "RoomNameRows" WHERE "RoomId" = old."Id");
                    DELETE FROM "RoomNameRows" WHERE "RoomId" = old."Id";
                END;
                """);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.Sql("""
                DROP TRIGGER "RoomNamed"; DROP TRIGGER "RoomRenamed"; DROP TRIGGER "RoomGone";
                DROP TABLE "RoomNames"; DROP TABLE "RoomNameRows"; DROP INDEX "IX_Events_Unread";
                """);

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
